import { type Provider, anyOf, named, uuid } from "./provider.ts";

/** Model providers and what is built around them. */
export const models: readonly Provider[] = [
  {
    name: "Anthropic",
    source: "https://docs.claude.com/en/api/overview",
    formats: {
      "anthropic-key": anyOf("sk-ant-api{digit:2}-{url64:93}AA", "sk-ant-api{digit:2}-{url64:40-}"),
      "anthropic-admin-key": anyOf(
        "sk-ant-admin01-{url64:93}AA",
        "sk-ant-admin{digit:2}-{url64:40-}",
      ),
      "anthropic-oauth-token": anyOf(
        "sk-ant-oat{digit:2}-{url64:80-}",
        "sk-ant-ort{digit:2}-{url64:80-}",
      ),
      "anthropic-session-key": "sk-ant-sid{digit:2}-{url64:80-}",
    },
  },
  {
    name: "OpenAI",
    source: "https://platform.openai.com/docs/api-reference/authentication",
    formats: {
      "openai-project-key": anyOf("sk-proj-{url64:40-}", "sk-None-{url64:40-}"),
      "openai-service-key": "sk-svcacct-{url64:40-}",
      "openai-admin-key": "sk-admin-{url64:40-}",
      "openai-key": anyOf("sk-{alnum:20}T3BlbkFJ{alnum:20}", "sk-{alnum:48}"),
      "openai-session-token": "sess-{alnum:40}",
    },
  },
  {
    name: "Google AI",
    source: "https://ai.google.dev/gemini-api/docs/api-key",
    formats: { "gemini-ephemeral-token": "AQ.Ab{url64:45-}" },
  },
  {
    name: "Hugging Face",
    source: "https://huggingface.co/docs/hub/security-tokens",
    formats: {
      "huggingface-token": "hf_{letter:34}",
      "huggingface-organization-token": "api_org_{letter:34}",
    },
  },
  {
    name: "Replicate",
    source: "https://replicate.com/docs/topics/security/api-tokens",
    formats: { "replicate-token": "r8_{alnum:37}" },
  },
  {
    name: "Groq",
    source: "https://console.groq.com/docs/quickstart",
    formats: { "groq-key": "gsk_{alnum:52}" },
  },
  {
    name: "xAI",
    source: "https://docs.x.ai/docs/overview",
    formats: { "xai-key": "xai-{alnum:80}" },
  },
  {
    name: "Perplexity",
    source: "https://docs.perplexity.ai/",
    formats: { "perplexity-key": "pplx-{alnum:48}" },
  },
  {
    name: "Cohere",
    source: "https://docs.cohere.com/reference/about",
    formats: { "cohere-key": named(["cohere", "co_api_key"], "{alnum:40}") },
  },
  {
    name: "Mistral",
    source: "https://docs.mistral.ai/getting-started/quickstart",
    formats: { "mistral-key": named(["mistral"], "{alnum:32}") },
  },
  {
    name: "DeepSeek",
    source: "https://api-docs.deepseek.com/",
    formats: { "deepseek-key": anyOf("sk-{hex:32}", "sk-{lownum:32}") },
  },
  {
    name: "OpenRouter",
    source: "https://openrouter.ai/docs/api-reference/authentication",
    formats: { "openrouter-key": "sk-or-v1-{hex:64}" },
  },
  {
    name: "Together AI",
    source: "https://docs.together.ai/docs/quickstart",
    formats: {
      "together-key": "tgp_v1_{url64:43}",
      "together-key-old": named(["together_api", "togetherai"], "{hex:64}"),
    },
  },
  {
    name: "Fireworks AI",
    source: "https://docs.fireworks.ai/api-reference/introduction",
    formats: { "fireworks-key": anyOf("fw_{alnum:22-24}", "fpk_{alnum:22-24}") },
  },
  {
    name: "Cerebras",
    source: "https://inference-docs.cerebras.ai/quickstart",
    formats: { "cerebras-key": "csk-{lownum:48}" },
  },
  {
    name: "NVIDIA",
    source: "https://docs.api.nvidia.com/",
    formats: { "nvidia-key": "nvapi-{url64:60-70}" },
  },
  {
    name: "ElevenLabs",
    source: "https://elevenlabs.io/docs/api-reference/authentication",
    formats: {
      "elevenlabs-key": named(["elevenlabs", "xi-api-key", "eleven_"], "sk_{hex:48}", "{hex:32}"),
    },
  },
  {
    name: "AssemblyAI",
    source: "https://www.assemblyai.com/docs",
    formats: { "assemblyai-key": named(["assemblyai", "assembly_ai"], "{hex:32}") },
  },
  {
    name: "Deepgram",
    source: "https://developers.deepgram.com/docs/authenticating",
    formats: { "deepgram-key": named(["deepgram"], "{hex:40}") },
  },
  {
    name: "Stability AI",
    source: "https://platform.stability.ai/docs/getting-started/authentication",
    formats: { "stability-key": named(["stability", "dreamstudio"], "sk-{alnum:48}") },
  },
  {
    name: "Pinecone",
    source: "https://docs.pinecone.io/guides/projects/manage-api-keys",
    formats: {
      "pinecone-key": "pcsk_{alnum:5-6}_{alnum:60-64}",
      "pinecone-key-old": named(["pinecone"], uuid),
    },
  },
  {
    name: "LangSmith",
    source: "https://docs.smith.langchain.com/",
    formats: { "langsmith-key": anyOf("lsv2_pt_{hex:32}_{hex:10}", "lsv2_sk_{hex:32}_{hex:10}") },
  },
  {
    name: "Langfuse",
    source: "https://langfuse.com/docs/api",
    formats: { "langfuse-key": `sk-lf-${uuid}` },
  },
  {
    name: "Weights & Biases",
    source: "https://docs.wandb.ai/",
    formats: {
      "wandb-key": anyOf("wandb_v1_{url64:60-90}"),
      "wandb-key-old": named(["wandb"], "{hex:40}"),
    },
  },
  {
    name: "Voyage AI",
    source: "https://docs.voyageai.com/docs/api-key-and-installation",
    formats: { "voyage-key": "pa-{url64:43}" },
  },
  {
    name: "Jina AI",
    source: "https://jina.ai/embeddings/",
    formats: { "jina-key": "jina_{hex:32}{url64:28}" },
  },
  {
    name: "Tavily",
    source: "https://docs.tavily.com/",
    formats: {
      "tavily-key": anyOf("tvly-dev-{alnum:32}", "tvly-prod-{alnum:32}", "tvly-{alnum:32}"),
    },
  },
  {
    name: "Exa",
    source: "https://docs.exa.ai/",
    formats: { "exa-key": named(["exa_api"], uuid) },
  },
  {
    name: "Firecrawl",
    source: "https://docs.firecrawl.dev/",
    formats: { "firecrawl-key": "fc-{hex:32}" },
  },
  {
    name: "Private AI",
    source: "https://docs.private-ai.com/",
    formats: { "private-ai-key": named(["privateai", "private_ai", "private-ai"], "{lownum:32}") },
  },
  {
    name: "Databricks",
    source: "https://docs.databricks.com/aws/en/dev-tools/auth/pat",
    formats: { "databricks-token": anyOf("dapi{hex:32}-{digit:1}", "dapi{hex:32}") },
  },
  {
    name: "Modal",
    source: "https://modal.com/docs/reference/cli/token",
    formats: { "modal-token": anyOf("ak-{alnum:22}", "as-{alnum:22}") },
  },
  {
    name: "RunPod",
    source: "https://docs.runpod.io/get-started/api-keys",
    formats: { "runpod-key": "rpa_{upnum:40}{alnum:6}" },
  },
];

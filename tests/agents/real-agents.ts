import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { script } from "./agent-script.ts";
import type { ScriptedTurn } from "./scripted-model.ts";

export interface Place {
  readonly home: string;
  readonly project: string;
}

/** A real agent's program from its package, and how it is made to play a script. */
export interface RealAgent {
  readonly name: string;
  readonly package: string;
  readonly program: string;
  /** What tells that this person has the agent, and settings that hooks come into. */
  own(home: string): void;
  /** What the program needs to find before it starts. */
  prepare(place: Place, port: number): void;
  argv(place: Place): string[];
  environment(port: number): Record<string, string>;
  script(place: Place): ScriptedTurn[];
}

function put(path: string, content: string | object): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    path,
    typeof content === "string" ? content : JSON.stringify(content, undefined, 1),
  );
}

const dummyKey = "not-a-key";

export const realAgents: readonly RealAgent[] = [
  {
    name: "pi",
    package: "@mariozechner/pi-coding-agent@0.73.1",
    program: "pi",
    own: (home) => void mkdirSync(join(home, ".pi/agent"), { recursive: true }),
    prepare({ home }, port) {
      put(join(home, ".pi/agent/models.json"), {
        providers: {
          scripted: {
            baseUrl: `http://127.0.0.1:${port}/v1`,
            api: "openai-completions",
            apiKey: dummyKey,
            compat: { supportsDeveloperRole: false, supportsReasoningEffort: false },
            models: [{ id: "scripted-1" }],
          },
        },
      });
    },
    argv: () => ["-p", "--provider", "scripted", "--model", "scripted-1", "Change these files"],
    environment: () => ({ PI_OFFLINE: "1" }),
    script: ({ project }) =>
      script(
        {
          write: (path, content) => ({ name: "write", input: { path, content } }),
          edit: (path, oldText, newText) => ({
            name: "edit",
            input: { path, edits: [{ oldText, newText }] },
          }),
          run: (command) => ({ name: "bash", input: { command } }),
        },
        project,
      ),
  },
  {
    name: "claude-code",
    package: "@anthropic-ai/claude-code@2.1.328",
    program: "claude",
    own: () => {},
    prepare: () => {},
    argv: () => [
      "-p",
      "Change these files",
      "--permission-mode",
      "acceptEdits",
      "--allowedTools",
      "Bash",
      "Edit",
      "Write",
      "Read",
    ],
    environment: (port) => ({
      ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}`,
      ANTHROPIC_API_KEY: dummyKey,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      DISABLE_TELEMETRY: "1",
      DISABLE_AUTOUPDATER: "1",
      DISABLE_ERROR_REPORTING: "1",
    }),
    script: ({ project }) => [
      {
        says: "I look first.",
        calls: [{ name: "Read", input: { file_path: join(project, "src/base.ts") } }],
      },
      ...script(
        {
          write: (file_path, content) => ({ name: "Write", input: { file_path, content } }),
          edit: (file_path, old_string, new_string) => ({
            name: "Edit",
            input: { file_path, old_string, new_string, replace_all: false },
          }),
          run: (command) => ({ name: "Bash", input: { command, description: "run" } }),
        },
        project,
      ),
    ],
  },
  {
    name: "codex",
    package: "@openai/codex@0.169.0",
    program: "codex",
    own: (home) => void mkdirSync(join(home, ".codex")),
    prepare({ home, project }, port) {
      const config = [
        'model = "gpt-5.5"',
        'model_provider = "scripted"',
        "check_for_update_on_startup = false",
        "[analytics]",
        "enabled = false",
        "[model_providers.scripted]",
        'name = "scripted"',
        `base_url = "http://127.0.0.1:${port}/v1"`,
        'env_key = "SCRIPTED_KEY"',
        'wire_api = "responses"',
        `[projects."${project}"]`,
        'trust_level = "trusted"',
      ];
      put(join(home, ".codex/config.toml"), `${config.join("\n")}\n`);
    },
    argv: () => [
      "exec",
      "--dangerously-bypass-approvals-and-sandbox",
      "--dangerously-bypass-hook-trust",
      "Change these files",
    ],
    environment: () => ({ SCRIPTED_KEY: dummyKey }),
    script: ({ project }) =>
      script(
        {
          write: (path, content) => ({
            name: "apply_patch",
            text: `*** Begin Patch\n*** Add File: ${path}\n${content.replace(/^(?=.)/gm, "+")}*** End Patch`,
          }),
          edit: (path, oldText, newText) => ({
            name: "apply_patch",
            text: `*** Begin Patch\n*** Update File: ${path}\n@@\n-${oldText}\n${newText.replace(/^/gm, "+")}\n*** End Patch`,
          }),
          run: (cmd) => ({ name: "exec_command", input: { cmd } }),
        },
        project,
      ),
  },
  {
    name: "copilot",
    package: "@github/copilot@1.0.102",
    program: "copilot",
    own: (home) => void mkdirSync(join(home, ".copilot")),
    prepare({ home, project }) {
      put(join(home, ".copilot/config.json"), { trusted_folders: [project] });
    },
    argv: () => ["-p", "Change these files", "--allow-all-tools", "--no-auto-update"],
    environment: (port) => ({
      COPILOT_OFFLINE: "true",
      COPILOT_PROVIDER_BASE_URL: `http://127.0.0.1:${port}`,
      COPILOT_PROVIDER_TYPE: "anthropic",
      COPILOT_PROVIDER_API_KEY: dummyKey,
      COPILOT_MODEL: "claude-sonnet-4.5",
    }),
    script: ({ project }) =>
      script(
        {
          write: (path, file_text) => ({ name: "create", input: { path, file_text } }),
          edit: (path, old_str, new_str) => ({ name: "edit", input: { path, old_str, new_str } }),
          run: (command) => ({
            name: "bash",
            input: { command, description: "run", mode: "sync", initial_wait: 10 },
          }),
        },
        project,
      ),
  },
  {
    name: "gemini-cli",
    package: "@google/gemini-cli@0.61.0",
    program: "gemini",
    prepare: () => {},
    own(home) {
      put(join(home, ".gemini/settings.json"), {
        security: { auth: { selectedType: "gemini-api-key" }, folderTrust: { enabled: false } },
        privacy: { usageStatisticsEnabled: false },
        telemetry: { enabled: false },
        general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
      });
    },
    argv: () => ["-p", "Change these files", "--yolo"],
    environment: (port) => ({
      GEMINI_API_KEY: dummyKey,
      GOOGLE_GEMINI_BASE_URL: `http://127.0.0.1:${port}`,
      GEMINI_CLI_TRUST_WORKSPACE: "true",
    }),
    script: ({ project }) =>
      script(
        {
          write: (file_path, content) => ({ name: "write_file", input: { file_path, content } }),
          edit: (file_path, old_string, new_string) => ({
            name: "replace",
            input: { file_path, instruction: "change it", old_string, new_string },
          }),
          run: (command) => ({ name: "run_shell_command", input: { command, description: "run" } }),
        },
        project,
      ),
  },
  {
    name: "opencode",
    package: "opencode-ai@1.18.33",
    program: "opencode",
    own(home) {
      // It looks for its plugin package on the network for more than a minute where it is not there.
      const version = "1.18.33";
      const directory = join(home, ".config/opencode");
      put(join(directory, "package.json"), { dependencies: { "@opencode-ai/plugin": version } });
      const name = "@opencode-ai/plugin";
      put(join(directory, "node_modules", name, "package.json"), { name, version });
    },
    prepare({ home }, port) {
      put(join(home, ".config/opencode/opencode.json"), {
        autoupdate: false,
        share: "disabled",
        model: "scripted/scripted-1",
        small_model: "scripted/scripted-1",
        permission: { edit: "allow", bash: "allow", external_directory: "allow" },
        provider: {
          scripted: {
            npm: "@ai-sdk/openai-compatible",
            name: "Scripted",
            options: { baseURL: `http://127.0.0.1:${port}/v1`, apiKey: dummyKey },
            models: {
              "scripted-1": {
                name: "Scripted",
                tool_call: true,
                limit: { context: 200000, output: 8000 },
              },
            },
          },
        },
      });
    },
    argv: () => ["run", "Change these files"],
    environment: () => ({
      OPENCODE_DISABLE_AUTOUPDATE: "1",
      OPENCODE_DISABLE_MODELS_FETCH: "1",
      OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
      OPENCODE_DISABLE_SHARE: "1",
    }),
    script: ({ project }) => [
      {
        says: "I look first.",
        calls: [{ name: "read", input: { filePath: join(project, "src/base.ts") } }],
      },
      ...script(
        {
          write: (filePath, content) => ({ name: "write", input: { filePath, content } }),
          edit: (filePath, oldString, newString) => ({
            name: "edit",
            input: { filePath, oldString, newString },
          }),
          run: (command) => ({ name: "bash", input: { command, description: "run" } }),
        },
        project,
      ),
    ],
  },
];

import { createRedactor } from "../../redaction/redactor.ts";
import { homeOf } from "../../store/files/paths.ts";
import { readProjectConfig } from "../../store/project-settings.ts";
import { policyAt } from "../exchange/redact-transcripts.ts";
import type { Project } from "../projects/find-project.ts";

/** Masks secrets in what goes into notes as in conversations that are pushed, unless the person switched that off. */
export async function wordRedactor({ paths, git }: Project): Promise<(text: string) => string> {
  if (readProjectConfig(paths, () => {})?.redaction?.enabled === false) return (text) => text;
  const { environment, repository } = git;
  const places = { home: homeOf(paths), environment, root: repository.workTree, warn: () => {} };
  const policy = await policyAt(places, paths);
  return (text) => {
    const redactor = createRedactor(policy);
    const parts = [redactor.write(new TextEncoder().encode(text)), redactor.end()];
    return new TextDecoder().decode(Buffer.concat(parts));
  };
}

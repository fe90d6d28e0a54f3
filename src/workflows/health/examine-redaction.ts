import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import type { ProjectPaths } from "../../store/files/paths.ts";
import { readProjectConfig } from "../../store/project-settings.ts";
import { policyOf } from "../exchange/redact-transcripts.ts";
import type { Finding } from "./finding.ts";

/** Says where conversations would leave with their secrets, and where they could not leave at all. */
export async function examineRedaction(
  context: Context,
  project: ProjectPaths,
): Promise<Finding[]> {
  const area = "configuration";
  const { redaction = {} } = readProjectConfig(project, () => {}) ?? {};
  if (redaction.enabled === false) {
    const message = "redaction is off: conversations leave with the secrets that stand in them";
    const fix = "agent-trace config set redaction.enabled true";
    return [{ level: "warn", area, message, fix }];
  }
  try {
    await policyOf(context, project, { compiles: true });
    return [];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [{ level: "fail", area, message: error.message, fix: error.hint, code: error.label }];
  }
}

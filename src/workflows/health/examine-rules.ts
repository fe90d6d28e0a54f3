import { AppError } from "../../errors.ts";
import type { StoredProject } from "../projects/find-project.ts";
import { listRules } from "../rules/change-rules.ts";
import type { Finding } from "./finding.ts";

/** Rules that this version would write otherwise. One that a person changed is the person's. */
export function examineRules({ git }: StoredProject): Finding[] {
  if (git === undefined) return [];
  try {
    return listRules(git.repository.workTree).flatMap(({ rule, agents, path, state }) =>
      state === "outdated"
        ? {
            level: "warn",
            area: "configuration",
            message: `the rule ${rule} in ${path} is of an older version`,
            fix: `agent-trace rule add ${rule} --tool ${agents[0] ?? ""}`,
          }
        : [],
    );
  } catch (error) {
    // A file of somebody else stands there, or leads out of the repository: no rule of ours is in it.
    if (error instanceof AppError) return [];
    throw error;
  }
}

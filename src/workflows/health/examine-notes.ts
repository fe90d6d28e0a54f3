import { ownNotes } from "../../git/notes.ts";
import { runGit } from "../../git/run-git.ts";
import { visible } from "../../terminal/text.ts";
import type { StoredProject } from "../projects/find-project.ts";
import type { Finding } from "./finding.ts";

/**
 * Refspecs that put one side's notes over the other's, as agent-trace-cli adds them: with one a plain `git push` takes away
 * what teammates pushed, with the other `git fetch` takes away what was not pushed yet.
 */
export async function examineNotes({ git }: StoredProject): Promise<Finding[]> {
  if (git === undefined) return [];
  const keys = "^remote\\..*\\.(fetch|push)$";
  const { stdout } = await runGit(git, ["config", "--null", "--get-regexp", keys]);
  return new TextDecoder()
    .decode(stdout)
    .split("\0")
    .flatMap((entry): Finding[] => {
      const [key = "", refspec = ""] = entry.split("\n");
      if (!refspec.startsWith(`+${ownNotes}:`)) return [];
      const shown = visible(key);
      return [
        {
          level: "warn",
          area: "git",
          message: key.endsWith(".push")
            ? `\`${shown}\` has a plain \`git push\` overwrite the notes that teammates pushed`
            : `\`${shown}\` has \`git fetch\` throw away notes that were not pushed yet`,
          fix: `git config --unset-all ${shown} '^[+]${ownNotes}:'`,
        },
      ];
    });
}

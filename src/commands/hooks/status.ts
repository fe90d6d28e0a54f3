import { defineCommand } from "../../command.ts";
import { findRepository } from "../../git/find-repository.ts";
import { showList } from "../../terminal/list.ts";
import { visible } from "../../terminal/text.ts";
import { shortPath } from "../../workflows/set-up/describe-set-up.ts";
import { findStoredProject } from "../../workflows/projects/find-project.ts";
import { readHookStates } from "../../workflows/set-up/hook-states.ts";

export default defineCommand({
  summary: "Show which hooks call agent-trace",
  args: {},
  examples: [{ does: "see whether edits and commits are seen", line: "agent-trace hooks status" }],
  async run(context) {
    const { cwd, environment, options, terminal, userHome } = context;
    const here = options.project === undefined ? findRepository(cwd) : undefined;
    const git = here && { repository: here, environment };
    const named = options.project === undefined ? undefined : findStoredProject(context).git;
    const states = await readHookStates(context, git ?? named);
    const rows = states.map(({ name, kind, path, isInstalled, program }) => [
      kind === "agent-everywhere" ? `${name} (everywhere)` : name,
      isInstalled ? "installed" : "not installed",
      visible(shortPath(path, userHome)),
      isInstalled ? `calls ${visible(shortPath(program ?? "agent-trace", userHome))}` : "",
    ]);
    showList(terminal, { header: ["hook", "state", "file", "program"], rows });
    terminal.answer("hooks-status", {
      hooks: states.map(({ name, kind, path, isInstalled, program = null }) => ({
        name,
        kind,
        path,
        installed: isInstalled,
        program,
      })),
    });
  },
});

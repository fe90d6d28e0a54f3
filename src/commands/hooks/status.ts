import { agents } from "../../capture/agents.ts";
import { defineCommand } from "../../command.ts";
import { findRepository } from "../../git/find-repository.ts";
import { showList } from "../../terminal/list.ts";
import { visible } from "../../terminal/text.ts";
import { shortPath } from "../../workflows/set-up/describe-set-up.ts";
import { findStoredProject } from "../../workflows/projects/find-project.ts";
import { parseTools } from "../../workflows/set-up/global-hooks.ts";
import { readHookStates } from "../../workflows/set-up/hook-states.ts";

export default defineCommand({
  summary: "Show which hooks call agent-trace",
  args: {
    tool: {
      type: "string",
      alias: "t",
      valueHint: "AGENT",
      repeatable: true,
      description: `only this agent: ${agents.map(({ name }) => name).join(", ")}`,
    },
  },
  examples: [{ does: "see whether edits and commits are seen", line: "agent-trace hooks status" }],
  async run(context, { tool }) {
    const { cwd, environment, options, terminal, userHome } = context;
    const here = options.project === undefined ? findRepository(cwd) : undefined;
    const git = here && { repository: here, environment };
    const named = options.project === undefined ? undefined : findStoredProject(context).git;
    const states = await readHookStates(
      context,
      git ?? named,
      tool === undefined ? undefined : parseTools(tool),
    );
    const root = (git ?? named)?.repository.workTree;
    const isBelow = (path: string): boolean => root !== undefined && path.startsWith(`${root}/`);
    const shown = (path: string): string =>
      terminal.stdout.isTerminal && isBelow(path)
        ? path.slice((root?.length ?? 0) + 1)
        : shortPath(path, userHome);
    const rows = states.map(({ name, kind, path, isInstalled, isComplete, obstacle, program }) => [
      kind === "agent-everywhere" ? `${name} (everywhere)` : name,
      !isInstalled
        ? "not installed"
        : (obstacle?.problem ?? (isComplete === false ? "incomplete" : "installed")),
      visible(shown(path)),
      isInstalled ? `calls ${visible(shortPath(program ?? "agent-trace", userHome))}` : "",
    ]);
    showList(terminal, { header: ["hook", "state", "file", "program"], rows });
    terminal.answer("hooks-status", {
      hooks: states.map(
        ({ name, kind, path, isInstalled, isComplete, obstacle, program = null }) => ({
          name,
          kind,
          path,
          installed: isInstalled,
          ...(isComplete === false && isInstalled ? { complete: false } : {}),
          ...(obstacle === undefined ? {} : { obstacle: obstacle.problem }),
          program,
        }),
      ),
    });
  },
});

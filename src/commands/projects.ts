import { defineCommand } from "../command.ts";
import { showList } from "../terminal/list.ts";
import { visible } from "../terminal/text.ts";
import { shortPath } from "../workflows/set-up/describe-set-up.ts";
import { listProjects } from "../workflows/projects/list-projects.ts";

export default defineCommand({
  summary: "List the repositories that are set up on this machine",
  args: {},
  examples: [{ does: "see the ids that `-p` takes", line: "agent-trace projects" }],
  run(context) {
    const { terminal, userHome } = context;
    const projects = listProjects(context);
    const rows = projects.map(({ id, root, state }) => [
      visible(id),
      root === undefined ? "-" : visible(shortPath(root, userHome)),
      state === "ok" ? "" : state,
    ]);
    showList(terminal, { header: ["id", "repository", ""], rows });
    if (projects.length === 0) terminal.note("no repository is set up: run `agent-trace init`");
    terminal.answer("projects", {
      projects: projects.map(({ id, root = null, state }) => ({ id, root, state })),
    });
  },
});

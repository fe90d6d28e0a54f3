import { defineCommand } from "../../command.ts";
import { showList } from "../../terminal/list.ts";
import { visible } from "../../terminal/text.ts";
import { findStoredProject } from "../../workflows/projects/find-project.ts";
import { listRemotes, transcriptPolicy, usualRemote } from "../../workflows/remotes/find-remote.ts";

export default defineCommand({
  summary: "List the remotes of this project",
  args: {},
  examples: [{ does: "all remotes with their addresses", line: "agent-trace remote list" }],
  run(context) {
    const { terminal } = context;
    const { paths } = findStoredProject(context);
    const remotes = listRemotes(context, paths);
    const chosen = usualRemote(context, paths);
    const rows = remotes.map(([name, remote]) => [
      visible(name),
      visible(remote.url),
      [
        ...(name === chosen ? ["(default)"] : []),
        ...(transcriptPolicy(remote) === "none" ? ["(no conversations)"] : []),
      ].join(" "),
    ]);
    showList(terminal, { header: ["name", "url", ""], rows });
    if (remotes.length === 0) terminal.note("no remotes; see `agent-trace remote add --help`");
    terminal.answer("remote-list", {
      remotes: remotes.map(([name, remote]) => ({
        name,
        url: remote.url,
        default: name === chosen,
        transcripts: transcriptPolicy(remote),
      })),
    });
  },
});

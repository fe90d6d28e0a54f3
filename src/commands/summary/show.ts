import { defineCommand } from "../../command.ts";
import { visibleLines } from "../../terminal/text.ts";
import { findProject } from "../../workflows/projects/find-project.ts";
import { summariesOfCommit } from "../../workflows/summarising/summaries-of-commit.ts";

export default defineCommand({
  summary: "Show the summaries of the sessions behind a commit",
  args: {
    commit: { type: "positional", required: false, description: "the commit (default: HEAD)" },
  },
  examples: [{ does: "why the last commit is so", line: "agent-trace summary show" }],
  async run(context, { commit: revision = "HEAD" }) {
    const { terminal } = context;
    const { commit, summaries, conversations } = await summariesOfCommit(
      context,
      findProject(context),
      revision,
    );
    for (const [id, summary] of summaries) {
      terminal.print(terminal.paint(id.slice(0, 12), "heading"));
      terminal.print(visibleLines(summary));
    }
    if (summaries.size === 0) {
      terminal.note(
        conversations === 0
          ? `no session is known behind ${commit.slice(0, 7)}`
          : `no session behind ${commit.slice(0, 7)} is summarised`,
      );
    }
    terminal.answer("summary-show", {
      commit_sha: commit,
      summaries: [...summaries].map(([conversation_id, summary]) => ({ conversation_id, summary })),
    });
  },
});

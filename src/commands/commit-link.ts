import { defineCommand } from "../command.ts";
import { waitAtMost } from "../store/files/lock.ts";
import { plural } from "../terminal/text.ts";
import { findProject } from "../workflows/projects/find-project.ts";
import { hookPatience, noteHookFailure, reasonOf } from "../workflows/provenance/hook-failure.ts";
import { linkCommit } from "../workflows/provenance/link-commit.ts";

export default defineCommand({
  summary: "Decide which lines of a commit an agent wrote",
  details:
    "Called by the post-commit hook. Writes the commit's ledger and its commit link; a commit may be linked again at any time.",
  args: {
    commit: {
      type: "positional",
      required: false,
      description: "the commit to link (default: HEAD)",
    },
  },
  examples: [
    { does: "link a commit that was made without hooks", line: "agent-trace commit-link 3f2c9a1" },
  ],
  async run(context, { commit }) {
    const project = findProject(context);
    using _patience = waitAtMost(hookPatience);
    const linking = linkCommit(project, commit ?? "HEAD", { now: context.now() });
    const { ledger, link, ...linked } = await linking.catch((error: unknown) => {
      // Without an argument it was the hook that called, and nobody sees what it says.
      if (commit === undefined) {
        noteHookFailure(context, { hook: "commit-link", reason: reasonOf(error) });
      }
      throw error;
    });
    const lines = Object.values(ledger?.files ?? {})
      .flatMap((file) => file.line_attributions)
      .reduce((sum, { start_line, end_line }) => sum + end_line - start_line + 1, 0);
    context.terminal.print(
      `${linked.commit.sha.slice(0, 7)}: ${plural(lines, "line")} AI, ${plural(link?.trace_ids.length ?? 0, "trace")}`,
    );
    context.terminal.answer("commit-link", {
      commit_sha: linked.commit.sha,
      ai_lines: lines,
      trace_ids: link?.trace_ids ?? [],
    });
  },
});

import { defineCommand } from "../../command.ts";
import { findProject } from "../../workflows/projects/find-project.ts";
import { acceptTheirs, countClaimed } from "../../workflows/provenance/read-ledgers.ts";

export default defineCommand({
  summary: "Take a teammate's ledger of a commit in place of ours",
  details:
    "A pull never replaces what this machine linked itself by a ledger that claims less, or other lines. It is kept beside ours until this command takes it.",
  args: { commit: { type: "positional", required: true, description: "the commit" } },
  examples: [
    { does: "take what a teammate says of a commit", line: "agent-trace ledger accept 3f2c9a1" },
  ],
  async run(context, { commit: revision }) {
    const { commit, ledger } = await acceptTheirs(findProject(context), revision);
    context.terminal.print(
      `Took a teammate's ledger of ${commit.slice(0, 7)}: ${countClaimed(ledger)} AI`,
    );
    context.terminal.answer("ledger-accept", { commit_sha: commit, ledger });
  },
});

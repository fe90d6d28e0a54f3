import { defineCommand } from "../../command.ts";
import { visible } from "../../terminal/text.ts";
import { findProject } from "../../workflows/projects/find-project.ts";
import { describeLedger, readLedgers } from "../../workflows/provenance/read-ledgers.ts";

export default defineCommand({
  summary: "Show the ledger of a commit",
  details:
    "Where a teammate's ledger of the commit claims less than the one that was linked on this machine, or other lines, both are shown; `agent-trace ledger accept` takes the teammate's.",
  args: {
    commit: { type: "positional", required: false, description: "the commit (default: HEAD)" },
  },
  examples: [{ does: "see which lines a commit claims", line: "agent-trace ledger show 3f2c9a1" }],
  async run(context, { commit: revision = "HEAD" }) {
    const { terminal } = context;
    const { commit, ledger, differing } = await readLedgers(findProject(context), revision);
    const short = commit.slice(0, 7);
    if (ledger === undefined)
      terminal.print(`${short} has no ledger: no line of it is known to be an agent's`);
    else {
      terminal.print(`Ledger of ${short}`);
      for (const line of describeLedger(ledger)) terminal.print(visible(line));
      const signed = ledger.attestations?.length ?? 0;
      if (signed > 0) terminal.note(`signed ${signed === 1 ? "once" : `${signed} times`}`);
    }
    if (differing !== undefined) {
      terminal.print(`A teammate's ledger of ${short} says otherwise`);
      for (const line of describeLedger(differing)) terminal.print(visible(line));
      terminal.note(`\`agent-trace ledger accept ${short}\` takes the teammate's in place of ours`);
    }
    terminal.answer("ledger-show", {
      commit_sha: commit,
      ledger: ledger ?? null,
      differing: differing ?? null,
    });
  },
});

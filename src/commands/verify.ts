import { defineCommand } from "../command.ts";
import { exitCodes } from "../errors.ts";
import { plural } from "../terminal/text.ts";
import { waitForSync } from "../workflows/exchange/exchange.ts";
import { findStoredProject } from "../workflows/projects/find-project.ts";
import { printChecks } from "../workflows/verifying/check.ts";
import { verifyLocal } from "../workflows/verifying/verify-local.ts";

export default defineCommand({
  summary: "Check that everything recorded here is whole",
  details:
    "Reads all of it: every line is a record with an id of its own, every snapshot of a conversation has the bytes of its name, every conversation has its snapshot, and no ledger claims lines that its file does not have. Changes nothing. Exits with 8 when something is wrong.",
  args: {},
  examples: [{ does: "check what is kept of this repository", line: "agent-trace verify" }],
  async run(context) {
    const { terminal } = context;
    const project = findStoredProject(context);
    using _lock = await waitForSync(context, project.paths);
    const checks = await verifyLocal(context, project);
    const problems = printChecks(context, checks);
    terminal.print(problems === 0 ? "everything is whole" : plural(problems, "problem"));
    terminal.answer("verify", { problems, checks }, problems === 0);
    return problems === 0 ? exitCodes.ok : exitCodes.partial;
  },
});

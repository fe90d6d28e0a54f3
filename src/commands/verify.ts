import { defineCommand } from "../command.ts";
import { AppError, exitCodes } from "../errors.ts";
import { plural } from "../terminal/text.ts";
import { verifySigned } from "../workflows/attesting/verify-signed.ts";
import { waitForSync } from "../workflows/exchange/exchange.ts";
import { findStoredProject } from "../workflows/projects/find-project.ts";
import { printChecks } from "../workflows/verifying/check.ts";
import { verifyLocal } from "../workflows/verifying/verify-local.ts";

export default defineCommand({
  summary: "Check that everything recorded here is whole",
  details:
    "Reads all of it: every line is a record with an id of its own, every snapshot of a conversation has the bytes of its name, every conversation has its snapshot, and no ledger claims lines that its file does not have. Changes nothing. Exits with 8 when something is wrong. With `--attestations` the signatures that `attest` made are checked instead, and 1 says that one is not good.",
  args: {
    range: {
      type: "positional",
      required: false,
      description: "with `--attestations`: `A..B`, or one commit (default: HEAD)",
      completes: "none",
    },
    attestations: {
      type: "boolean",
      description: "check the signatures of ledgers instead, without a network",
    },
    trusted: {
      type: "string",
      valueHint: "FILE",
      description:
        "with `--attestations`: the keys that count (default: those of git, and your own)",
      completes: "file",
    },
  },
  examples: [
    { does: "check what is kept of this repository", line: "agent-trace verify" },
    {
      does: "check who stands for the lines of a branch",
      line: "agent-trace verify --attestations main..HEAD --trusted allowed_signers",
    },
  ],
  async run(context, { attestations, range, trusted }) {
    const { terminal } = context;
    if (attestations === true) return verifySigned(context, { range, trusted });
    if ((range ?? trusted) !== undefined) {
      throw new AppError("usage", "a range and `--trusted` are for attestations", {
        hint: "add `--attestations`",
      });
    }
    const project = findStoredProject(context);
    using _lock = await waitForSync(context, project.paths);
    const checks = await verifyLocal(context, project);
    const problems = printChecks(context, checks);
    terminal.print(problems === 0 ? "everything is whole" : plural(problems, "problem"));
    terminal.answer("verify", { problems, checks }, problems === 0);
    return problems === 0 ? exitCodes.ok : exitCodes.partial;
  },
});

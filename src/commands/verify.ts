import { defineCommand } from "../command.ts";
import { AppError, exitCodes } from "../errors.ts";
import { plural } from "../terminal/text.ts";
import { verifySigned } from "../workflows/attesting/verify-signed.ts";
import { waitForSync } from "../workflows/exchange/exchange.ts";
import { findStoredProject } from "../workflows/projects/find-project.ts";
import { printChecks } from "../workflows/verifying/check.ts";
import { verifyLocal } from "../workflows/verifying/verify-local.ts";
import { repairHint, verifyRemote } from "../workflows/verifying/verify-remote.ts";

export default defineCommand({
  summary: "Check that everything recorded here is whole",
  details:
    "Reads all of it: every line is a record with an id of its own, every snapshot of a conversation has the bytes of its name, every conversation has its snapshot, and no ledger claims lines that its file does not have. With `--remote` digests of what was sent and pulled are compared with the service's: a row that is missing, altered or extra there is found among a million without sending them. `--repair` sends or fetches what one side lacks; it deletes nothing and alters nothing. Exits with 8 when something is wrong. With `--attestations` the signatures that `attest` made are checked instead, and 1 says that one is not good.",
  args: {
    range: {
      type: "positional",
      required: false,
      description: "with `--attestations`: `A..B`, or one commit (default: HEAD)",
      completes: "none",
    },
    remote: {
      type: "string",
      valueHint: "NAME",
      description: "also compare with this remote",
      completes: "remote",
    },
    repair: {
      type: "boolean",
      description: "with `--remote`: send or fetch what one side lacks",
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
    { does: "compare with a remote", line: "agent-trace verify --remote origin" },
    {
      does: "send and fetch what one side lacks",
      line: "agent-trace verify --remote origin --repair",
    },
    {
      does: "check who stands for the lines of a branch",
      line: "agent-trace verify --attestations main..HEAD --trusted allowed_signers",
    },
  ],
  async run(context, { attestations, range, trusted, remote, repair }) {
    const { terminal } = context;
    if (attestations === true) {
      if (remote !== undefined || repair === true) {
        throw new AppError("usage", "signatures are checked here, without a remote", {
          hint: "leave `--remote` and `--repair` out",
        });
      }
      return verifySigned(context, { range, trusted });
    }
    if ((range ?? trusted) !== undefined) {
      throw new AppError("usage", "a range and `--trusted` are for attestations", {
        hint: "add `--attestations`",
      });
    }
    if (repair === true && remote === undefined) {
      throw new AppError("usage", "`--repair` needs a remote to send to and fetch from", {
        hint: "add `--remote NAME`; `agent-trace remote list` shows the names",
      });
    }
    const project = findStoredProject(context);
    const compared =
      remote === undefined ? [] : await verifyRemote(context, { remote, repair: repair === true });
    using _lock = await waitForSync(context, project.paths);
    const checks = [...(await verifyLocal(context, project)), ...compared];
    const problems = printChecks(context, checks);
    terminal.print(problems === 0 ? "everything is whole" : plural(problems, "problem"));
    const hint = repair === true ? undefined : repairHint(compared);
    if (hint !== undefined) terminal.print(hint);
    terminal.answer("verify", { problems, checks }, problems === 0);
    return problems === 0 ? exitCodes.ok : exitCodes.partial;
  },
});

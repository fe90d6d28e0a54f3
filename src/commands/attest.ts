import { defineCommand } from "../command.ts";
import { exitCodes } from "../errors.ts";
import { plural } from "../terminal/text.ts";
import { attest } from "../workflows/attesting/attest.ts";
import { chooseSigner } from "../workflows/attesting/choose-signer.ts";
import { findProject } from "../workflows/projects/find-project.ts";

export default defineCommand({
  summary: "Sign what the ledgers of commits claim",
  details:
    "Makes an in-toto statement for each commit with a ledger (its files and lines, the model, the conversations by their digests) and signs it: with `--key`, else git's SSH signing key, else the key of `attest keygen`. The signature is kept in the ledger and goes with it at the next push. `agent-trace verify --attestations` checks it, without a network.",
  args: {
    range: {
      type: "positional",
      required: false,
      description: "`A..B`, or one commit (default: HEAD)",
      completes: "none",
    },
    key: {
      type: "string",
      valueHint: "FILE",
      description: "an ed25519 key, of OpenSSH or PKCS #8",
      completes: "file",
    },
  },
  examples: [
    { does: "sign the last commit's ledger", line: "agent-trace attest" },
    {
      does: "in CI, with a key of its own",
      line: "agent-trace attest main..HEAD --key ci-key.pem",
    },
  ],
  async run(context, { range = "HEAD", key: file }) {
    const { terminal, home, cwd, program } = context;
    const project = findProject(context);
    const signer = await chooseSigner({ git: project.git, home, cwd, file });
    const { attested, known, tooLarge } = await attest(project, {
      range,
      signer,
      version: program.version,
    });
    terminal.print(`Signed the ledgers of ${plural(attested.length, "commit")}`);
    if (known.length > 0)
      terminal.print(`${plural(known.length, "commit")} had been signed before`);
    if (attested.length + known.length + tooLarge.length === 0)
      terminal.note("no commit of these has a ledger, so there is nothing to sign");
    for (const commit of tooLarge)
      terminal.warn(
        `${commit.slice(0, 7)} claims so many lines that its ledger could not be pushed`,
      );
    terminal.answer("attest", {
      attested,
      known,
      too_large: tooLarge,
      key: signer.key.fingerprint,
    });
    return tooLarge.length > 0 ? exitCodes.failed : exitCodes.ok;
  },
});

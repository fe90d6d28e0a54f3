import type { Context } from "../../context.ts";
import { exitCodes } from "../../errors.ts";
import { plural, visible } from "../../terminal/text.ts";
import { findProject } from "../projects/find-project.ts";
import { describeFault, readTrusted, verifyAttestations } from "./verify-attestations.ts";

/** Checks the attestations of a range and tells of each; the exit code is 1 where one is not good. */
export async function verifySigned(
  context: Context,
  { range = "HEAD", trusted: file }: { range: string | undefined; trusted: string | undefined },
): Promise<number> {
  const { terminal, home, cwd } = context;
  const project = findProject(context);
  const trusted = await readTrusted(project.git, { file, home, cwd });
  const { findings, unsigned } = await verifyAttestations(project, range, trusted);
  for (const finding of findings) {
    const short = finding.commit.slice(0, 7);
    const said = finding.signer === null ? describeFault(finding) : `signed by ${finding.signer}`;
    terminal.print(visible(`${finding.signer === null ? "bad " : "ok  "}  ${short}  ${said}`));
  }
  if (unsigned.length > 0) {
    terminal.print(`${plural(unsigned.length, "commit")} with a ledger that nobody signed`);
    for (const commit of unsigned.slice(0, 10)) terminal.note(`not signed: ${commit.slice(0, 7)}`);
  }
  if (findings.length + unsigned.length === 0)
    terminal.note("no commit of these has a ledger, so there is nothing to check");
  const isGood = findings.every(({ fault }) => fault === null);
  const hasStranger = findings.some(({ fault }) => fault === "unknown-key");
  if (hasStranger)
    terminal.note(
      "name a file with the keys that you trust by `--trusted`; see docs/attestations.md",
    );
  terminal.answer("verify", { attestations: findings, unsigned }, isGood);
  return isGood ? exitCodes.ok : exitCodes.failed;
}

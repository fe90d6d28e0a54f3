import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { checkSignature } from "../../attestation/check-signature.ts";
import { attestedFiles, readStatement } from "../../attestation/statement.ts";
import { statementType } from "../../attestation/signed-bytes.ts";
import { type TrustedKey, readAllowedSigners } from "../../attestation/trusted-keys.ts";
import { AppError } from "../../errors.ts";
import { type Git } from "../../git/run-git.ts";
import { openObjects } from "../../git/open-objects.ts";
import { listOf } from "../../schema/is-object.ts";
import type { Ledger } from "../../schema/ledger.ts";
import { ledgersIn } from "../notes/rebuild-notes.ts";
import type { Project } from "../projects/find-project.ts";
import { blobsOf } from "./attest.ts";
import { publicKeyIn, readGitSigningKey, readSetting } from "./choose-signer.ts";
import { readOwnKey } from "./own-key.ts";

/** Why an attestation is not good: each is a sentence about it. */
export type Fault =
  | "bad-signature"
  | "unknown-key"
  | "no-statement"
  | "other-commit"
  | "other-claims"
  | "other-content";

export interface AttestationFinding {
  readonly commit: string;
  /** Who signed, where it is good. */
  readonly signer: string | null;
  readonly fault: Fault | null;
  /** The key, as far as it is known. */
  readonly key: string | null;
}

export interface AttestationReport {
  readonly findings: readonly AttestationFinding[];
  /** Commits with a ledger that nobody signed. */
  readonly unsigned: readonly string[];
}

/** Checks the attestations of a range, without a network. Of several of one ledger, one good one is enough. */
export async function verifyAttestations(
  project: Project,
  range: string,
  trusted: readonly TrustedKey[],
): Promise<AttestationReport> {
  const ledgers = await ledgersIn(project, range);
  await using objects = openObjects(project.git);
  const findings: AttestationFinding[] = [];
  const unsigned: string[] = [];
  for (const ledger of ledgers) {
    if (ledger.attestations === undefined) {
      unsigned.push(ledger.commit_sha);
      continue;
    }
    const claimed = attestedFiles(ledger, await blobsOf(objects, ledger));
    const all = ledger.attestations.map((one) => judge(ledger, one, { claimed, trusted }));
    const [first] = all;
    const best = all.find(({ fault }) => fault === null) ?? first;
    if (best !== undefined) findings.push(best);
  }
  return { findings, unsigned };
}

type Claimed = ReturnType<typeof attestedFiles>;

function judge(
  { commit_sha: commit }: Ledger,
  envelope: NonNullable<Ledger["attestations"]>[number],
  { claimed, trusted }: { claimed: Claimed; trusted: readonly TrustedKey[] },
): AttestationFinding {
  const fail = (fault: Fault, key: string | null = null) => ({ commit, signer: null, fault, key });
  const signature = checkSignature(envelope, trusted);
  if (signature.kind === "bad") return fail("bad-signature");
  if (signature.kind === "unknown-key") return fail("unknown-key", signature.keyid);
  const { key, principal } = signature.signer;
  const statement =
    envelope.payloadType === statementType ? readStatement(envelope.payload) : undefined;
  if (statement === undefined) return fail("no-statement", key.fingerprint);
  if (statement.commit !== commit) return fail("other-commit", key.fingerprint);
  const fault = compare(listOf(statement.files), claimed);
  return fault === null
    ? { commit, signer: principal, fault: null, key: key.fingerprint }
    : fail(fault, key.fingerprint);
}

/** What was signed against what the ledger claims now, and against the committed content as far as it is here. */
function compare(signed: readonly Record<string, unknown>[], claimed: Claimed): Fault | null {
  const claims = (files: readonly { path?: unknown; ranges?: unknown }[]) =>
    files.map(({ path, ranges }) => ({ path, ranges }));
  if (!Bun.deepEquals(claims(signed), claims(claimed))) return "other-claims";
  const isOther = claimed.some(
    ({ blob }, at) =>
      blob !== null && signed[at]?.["blob"] !== null && signed[at]?.["blob"] !== blob,
  );
  return isOther ? "other-content" : null;
}

/** The keys of a file, or those that git trusts, git's own signing key and the one that `attest keygen` made. */
export async function readTrusted(
  git: Git,
  { file, home, cwd }: { file: string | undefined; home: string; cwd: string },
): Promise<TrustedKey[]> {
  if (file !== undefined)
    return readAllowedSigners(readTrustedFile(resolve(cwd, file)), new Date());
  const configured = await readSetting(git, ["--type=path", "gpg.ssh.allowedSignersFile"]);
  const allowed = configured === undefined ? "" : resolve(git.repository.workTree, configured);
  return [
    ...(existsSync(allowed) ? readAllowedSigners(readTrustedFile(allowed), new Date()) : []),
    ...[readOwnKey(home), await readGitKey(git)].filter((one) => one !== undefined),
  ];
}

function readTrustedFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new AppError("not_found", `cannot read the trusted keys in ${path}`, {
      hint: "name a file in the form of git's `gpg.ssh.allowedSignersFile`: a line for each key, beginning with whose it is",
      cause: error,
    });
  }
}

async function readGitKey(git: Git): Promise<TrustedKey | undefined> {
  const configured = await readGitSigningKey(git);
  if (configured === undefined) return undefined;
  if ("file" in configured && !existsSync(configured.file)) return undefined;
  const text = "file" in configured ? readFileSync(configured.file, "utf8") : configured.literal;
  const key = publicKeyIn(text);
  return key === undefined ? undefined : { key, principal: "your own key" };
}

const sentences: Readonly<Record<Fault, string>> = {
  "bad-signature":
    "the signature does not hold: somebody has changed what was signed, or the signature",
  "unknown-key": "signed by a key that is not trusted here",
  "no-statement": "what was signed is no attestation of ours",
  "other-commit": "what was signed is about another commit",
  "other-claims": "the ledger claims other lines than those that were signed",
  "other-content": "the commit's files are others than those that were signed",
};

export function describeFault({ fault, key }: AttestationFinding): string {
  const sentence = fault === null ? "" : sentences[fault];
  return fault === "unknown-key" && key !== null ? `${sentence}: ${key}` : sentence;
}

import { attestedFiles, makeStatement } from "../../attestation/statement.ts";
import { signedBytes, statementType } from "../../attestation/signed-bytes.ts";
import { type Objects, openObjects } from "../../git/open-objects.ts";
import { parseRange } from "../../git/read-history.ts";
import type { CountedCommit } from "../../report/tally.ts";
import type { Envelope } from "../../schema/envelope.ts";
import type { Ledger } from "../../schema/ledger.ts";
import { readConversationIndex } from "../../store/transcripts/conversation-index.ts";
import { notePulled, pulledCommits } from "../../store/exchange/pulled-ledgers.ts";
import { appendLedger } from "../../store/records.ts";
import { ledgersIn } from "../notes/rebuild-notes.ts";
import type { Project } from "../projects/find-project.ts";
import { countCommits } from "../report/read-report.ts";
import type { Signer } from "./choose-signer.ts";

export interface Attested {
  /** Commits whose ledger bears a new attestation. */
  readonly attested: readonly string[];
  /** Those that had one by the same key, of the same claims. */
  readonly known: readonly string[];
  /** Those whose ledger would be longer than a service takes. */
  readonly tooLarge: readonly string[];
}

/** Of a row; a service takes no longer one. */
const mostBytes = 4 * 1024 * 1024;

/**
 * Signs what the ledgers of a range claim. A signed ledger is appended as a newer form of the same one: a kill leaves
 * the former or the newer.
 */
export async function attest(
  project: Project,
  { range, signer, version }: { range: string; signer: Signer; version: string },
): Promise<Attested> {
  const ledgers = await ledgersIn(project, range);
  const counted = await countCommits(project, await parseRange(project.git, range), {});
  const counts = new Map(counted.map((commit) => [commit.sha, commit]));
  const transcripts = readConversationIndex(project.paths, () => {});
  const pulled = pulledCommits(project.paths, 0);
  await using objects = openObjects(project.git);
  const attested: string[] = [];
  const known: string[] = [];
  const tooLarge: string[] = [];
  for (const ledger of ledgers) {
    const { commit_sha: commit } = ledger;
    const files = attestedFiles(ledger, await blobsOf(objects, ledger));
    const conversations = [...new Set(files.flatMap(({ ranges }) => ranges).map(conversationOf))]
      .filter((id) => id !== undefined)
      .map((id) => ({ id, sha256: transcripts.get(id as never) ?? null }));
    const statement = makeStatement(commit, {
      tool: { name: "agent-trace", version },
      made_at: new Date().toISOString(),
      files,
      coverage: coverageOf(counts.get(commit)),
      conversations,
    });
    const own = (ledger.attestations ?? []).filter(
      (one) => one.signatures[0]?.keyid === signer.key.fingerprint,
    );
    if (own.some((one) => saysTheSame(one, statement))) {
      known.push(commit);
      continue;
    }
    const envelope = await seal(statement, signer);
    const others = (ledger.attestations ?? []).filter((one) => !own.includes(one));
    const signed = { ...ledger, attestations: [...others, envelope] };
    if (Buffer.byteLength(JSON.stringify(signed)) > mostBytes) {
      tooLarge.push(commit);
      continue;
    }
    appendLedger(project.paths, signed);
    // A ledger that came by a pull is still a teammate's.
    if (pulled.has(commit))
      notePulled(project.paths, [{ key: commit, text: JSON.stringify(signed) }]);
    attested.push(commit);
  }
  return { attested, known, tooLarge };
}

async function seal(statement: object, signer: Signer): Promise<Envelope> {
  const payload = Buffer.from(JSON.stringify(statement)).toString("base64");
  const unsigned = { payloadType: statementType, payload };
  const sig = (await signer.sign(signedBytes(unsigned))).toString("base64");
  return { ...unsigned, signatures: [{ keyid: signer.key.fingerprint, sig }] };
}

/** Whether an attestation claims the same, whenever it was made. */
function saysTheSame(
  { payload }: Envelope,
  statement: { readonly predicate: { readonly files: unknown } },
): boolean {
  try {
    const value = JSON.parse(Buffer.from(payload, "base64").toString()) as typeof statement;
    return Bun.deepEquals(value.predicate.files, statement.predicate.files);
  } catch {
    return false;
  }
}

function conversationOf({ conversation_id: id }: { readonly conversation_id?: string }) {
  return id;
}

function coverageOf(commit: CountedCommit | undefined) {
  const files = commit?.files ?? [];
  return {
    added_lines: files.reduce((sum, { added = 0 }) => sum + added, 0),
    ai_lines: files.flatMap(({ ai }) => ai).reduce((sum, { lines }) => sum + lines, 0),
    recorded: commit?.recorded ?? "unknown",
  };
}

/** Git's ids of the files that a ledger claims lines of; null for what this repository lacks. */
export async function blobsOf(
  objects: Objects,
  { commit_sha: commit, files }: Ledger,
): Promise<Map<string, string | null>> {
  const blobs = new Map<string, string | null>();
  for (const path of Object.keys(files)) {
    blobs.set(path, (await objects.read(`${commit}:${path}`))?.id ?? null);
  }
  return blobs;
}

import type { SourceText } from "../../attribution/claim-file.ts";
import { type Claims, withoutStrayLines } from "../../attribution/claim-lines.ts";
import { claimsOfSegments, segmentsOf } from "../../attribution/follow-ledger.ts";
import { decodeText, splitLines } from "../../attribution/lines.ts";
import { type DatedLine, withoutSlidLines } from "../../attribution/slid-lines.ts";
import { readBlame } from "../../git/read-blame.ts";
import type { PendingClaim } from "../../schema/pending.ts";
import type { SourceWorld } from "./source-world.ts";

/** Where a file is read, and which claims are passed over, by the commit that a line came from and its text. */
export interface BlamedFile {
  readonly revision: string;
  readonly path: string;
  isOld?(commit: string, text: string): boolean;
  /** The text stands below the commit, so of a line and a copy beside it neither counts. A squash adds both. */
  readonly isStanding?: boolean;
}

/** A file as a commit has it, and what ledgers say of the commits that its lines came from. */
export async function readBlamed(
  { git, history, objects }: SourceWorld,
  { revision, path, isOld = () => false, isStanding = false }: BlamedFile,
): Promise<SourceText | undefined> {
  const blob = await objects.read(`${revision}:${path}`);
  if (blob?.type !== "blob") return undefined;
  const blamed = await readBlame(git, path, { revision }).catch(() => []);
  const ledgers = history.ledgers([...new Set(blamed.flatMap(({ commit }) => commit ?? []))]);
  const claims = new Map<number, PendingClaim>();
  const known = new Map<string, Claims>();
  const most = Math.max(0, ...blamed.map(({ originalLine }) => originalLine));
  const texts = splitLines(decodeText(blob.content));
  for (const { line, commit, originalPath, originalLine } of blamed) {
    const ledger = commit === undefined ? undefined : ledgers.get(commit);
    if (commit === undefined || ledger === undefined) continue;
    if (isOld(commit, texts[line - 1] ?? "")) continue;
    const key = `${commit} ${originalPath}`;
    const of = known.get(key) ?? claimsOfSegments(segmentsOf(ledger, originalPath), most);
    known.set(key, of);
    const claim = of.get(originalLine);
    if (claim !== undefined) claims.set(line, claim);
  }
  const dated = texts.map((text): DatedLine => ({ text, commit: undefined, time: 0 }));
  for (const { line, text, commit, time } of blamed) dated[line - 1] = { text, commit, time };
  const certain = isStanding ? withoutSlidLines(claims, dated) : claims;
  const told = withoutStrayLines(certain, blob.content);
  return told.size === 0 ? undefined : { content: blob.content, claims: told };
}

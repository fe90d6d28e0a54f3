import { withoutBookkeeping } from "../../capture/bookkeeping.ts";
import type { Context } from "../../context.ts";
import { type Finding, createRedactor } from "../../redaction/redactor.ts";
import { readLines } from "../../store/files/read-lines.ts";
import { readProjectConfig } from "../../store/project-settings.ts";
import { findGrown } from "../../store/transcripts/preview-snapshots.ts";
import { findTranscript } from "../../store/transcripts/transcript.ts";
import type { PushOutcome } from "../../sync/outcome.ts";
import { showList } from "../../terminal/list.ts";
import { plural, visible } from "../../terminal/text.ts";
import { findStoredProject } from "../projects/find-project.ts";
import { policyOf } from "./redact-transcripts.ts";

/** How often a rule masked something in the conversations of a push. */
export interface RuleCount {
  readonly rule: string;
  readonly findings: number;
  readonly conversations: number;
}

/** The sums by rule, the most frequent first. */
export function countByRule({ masked }: Pick<PushOutcome, "masked">): RuleCount[] {
  const sums = new Map<string, RuleCount>();
  for (const { counts } of masked) {
    for (const [rule, count] of Object.entries(counts)) {
      const { findings = 0, conversations = 0 } = sums.get(rule) ?? {};
      sums.set(rule, { rule, findings: findings + count, conversations: conversations + 1 });
    }
  }
  return [...sums.values()].toSorted(
    (a, b) => b.findings - a.findings || (a.rule < b.rule ? -1 : 1),
  );
}

/** What a person is told of them. */
export function describeMasked(outcome: Pick<PushOutcome, "masked">, dryRun: boolean): string[] {
  const sums = countByRule(outcome);
  if (sums.length === 0) return [];
  const all = sums.reduce((sum, { findings }) => sum + findings, 0);
  const where = plural(outcome.masked.length, "conversation");
  const total = `${dryRun ? "Would mask" : "Masked"} ${plural(all, "secret")} in ${where}`;
  if (!dryRun) return [total];
  const width = Math.max(...sums.map(({ rule }) => rule.length));
  return [
    total,
    ...sums.map(
      ({ rule, findings, conversations }) =>
        `  ${visible(rule).padEnd(width)}  ${findings} in ${plural(conversations, "conversation")}`,
    ),
  ];
}

/** A secret that is masked: where it stands, by which rule, and up to three characters beside it. */
export interface ListedRedaction extends Finding {
  readonly conversation_id: string;
}

const lineBreak = Uint8Array.of(0x0a);

/** Reads the conversations of a push again, and lists each mask. */
export async function listRedactions(
  context: Context,
  { masked }: Pick<PushOutcome, "masked">,
): Promise<ListedRedaction[]> {
  if (masked.length === 0) return [];
  const { paths } = findStoredProject(context);
  const policy = await policyOf(context, paths);
  const settings = readProjectConfig(paths, context.terminal.warn)?.redaction;
  const leavesOut = settings?.leave_out_bookkeeping === true;
  const listed: ListedRedaction[] = [];
  let lines = 0;
  for (const { conversationId } of masked) {
    const grown = findGrown(paths, conversationId);
    const raw =
      grown === undefined
        ? findTranscript(paths, conversationId, context.terminal.warn)
        : { path: grown.path, bytes: grown.stats.size };
    if (raw === undefined) continue;
    const found = (finding: Finding): void =>
      void listed.push({ conversation_id: conversationId, ...finding });
    const redactor = createRedactor(policy, { found });
    for (const { bytes, offset } of readLines(raw.path)) {
      if (offset >= raw.bytes) break;
      // A line that stays here counts as one, so that the numbers are those of the transcript.
      const leaving = bytes && leavesOut ? withoutBookkeeping(bytes) : bytes;
      if (leaving !== undefined) redactor.write(leaving);
      redactor.write(lineBreak);
      if (++lines % 256 === 0) await new Promise<void>((resume) => setImmediate(resume));
      context.signal.throwIfAborted();
    }
  }
  return listed;
}

export function showRedactions({ terminal }: Context, listed: readonly ListedRedaction[]): void {
  showList(terminal, {
    header: ["conversation", "line", "rule", "between"],
    rows: listed.map(({ conversation_id, line, rule, before, after }) => [
      conversation_id.slice(0, 12),
      String(line),
      visible(rule),
      visible(`${before}[…]${after}`),
    ]),
  });
}

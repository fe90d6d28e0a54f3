import type { Policy } from "./policy.ts";
import { createLineRedactor } from "./redact-line.ts";

export interface Finding {
  readonly rule: string;
  /** From 1. */
  readonly line: number;
  /** At most three characters on each side of it; never of the secret itself. */
  readonly before: string;
  readonly after: string;
}

/** How far a redactor came in whole lines, and what it knows there. It goes through JSON. */
export interface RedactorState {
  /** Bytes taken and bytes given up to the last line break. */
  readonly read: number;
  readonly given: number;
  readonly lines: number;
  readonly isKeyOpen: boolean;
  /** How many secrets were found so far, by rule. */
  readonly counts: Readonly<Record<string, number>>;
  /** In how many blocks a company's rule was too slow, and was replaced by masking what its keywords name. */
  readonly slow: Readonly<Record<string, number>>;
}

/** A transcript on its way through: lines go in as they come, the same lines come out with masks in them. */
export interface Redactor {
  /** Bytes as they come, cut anywhere; gives what is whole by now. */
  write(chunk: Uint8Array): Uint8Array;
  /** What stands behind the last line break. */
  end(): Uint8Array;
  /** Asked before `end`, which goes past it. */
  readonly state: RedactorState;
  /** How many secrets were found, by rule: also behind the last line break. */
  readonly counts: Readonly<Record<string, number>>;
  readonly slow: Readonly<Record<string, number>>;
}

export interface RedactorOptions {
  /** Goes on there: what is written first stands behind that line break. */
  readonly after?: RedactorState | undefined;
  found?(finding: Finding): void;
}

const empty = new Uint8Array(0);
/** Room for three characters, whatever they are. */
const beside = 12;

/** Characters that stand whole in some bytes. */
function charactersOf(bytes: Uint8Array): string[] {
  return [...new TextDecoder().decode(bytes).replace(/^\ufffd+|\ufffd+$/g, "")];
}

const beginning: RedactorState = {
  read: 0,
  given: 0,
  lines: 0,
  isKeyOpen: false,
  counts: {},
  slow: {},
};

/** A state as it was kept; undefined for what is none. */
export function readRedactorState(value: unknown): RedactorState | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { read, given, lines, isKeyOpen, counts, slow } = value as Record<string, unknown>;
  const isPlace = [read, given, lines].every(
    (number) => Number.isSafeInteger(number) && (number as number) >= 0,
  );
  if (!isPlace || typeof isKeyOpen !== "boolean") return undefined;
  for (const numbers of [counts, slow]) {
    if (typeof numbers !== "object" || numbers === null) return undefined;
    if (!Object.values(numbers).every((count) => Number.isSafeInteger(count))) return undefined;
  }
  return value as RedactorState;
}

/**
 * Each line is redacted by itself: the redacted form of a transcript that grew by whole lines begins with that of
 * what it was before.
 */
export function createRedactor(policy: Policy, options: RedactorOptions = {}): Redactor {
  const { after = beginning, found } = options;
  const counts: Record<string, number> = { ...after.counts };
  const slow: Record<string, number> = { ...after.slow };
  const redactor = createLineRedactor(policy, { slow });
  let { read, given, lines, isKeyOpen } = after;
  let held: Uint8Array[] = [];

  function redact(line: Uint8Array): Uint8Array {
    const result = redactor.redact(line, isKeyOpen);
    ({ isKeyOpen } = result);
    lines++;
    for (const [index, hit] of result.hits.entries()) {
      counts[hit.rule] = (counts[hit.rule] ?? 0) + 1;
      if (found === undefined) continue;
      const from = Math.max(hit.start - beside, result.hits[index - 1]?.end ?? 0);
      const to = Math.min(hit.end + beside, result.hits[index + 1]?.start ?? line.length);
      found({
        rule: hit.rule,
        line: lines,
        before: charactersOf(line.subarray(from, hit.start)).slice(-3).join(""),
        after: charactersOf(line.subarray(hit.end, to)).slice(0, 3).join(""),
      });
    }
    return result.bytes;
  }

  return {
    get state() {
      return { read, given, lines, isKeyOpen, counts: { ...counts }, slow: { ...slow } };
    },
    counts,
    slow,
    write(chunk) {
      const out: Uint8Array[] = [];
      let start = 0;
      for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, start)) {
        held.push(chunk.subarray(start, end));
        const line = held.length === 1 ? chunk.subarray(start, end) : Buffer.concat(held);
        held = [];
        const masked = redact(line);
        read += line.length + 1;
        given += masked.length + 1;
        out.push(masked, chunk.subarray(end, end + 1));
        start = end + 1;
      }
      // The caller may use its buffer again.
      if (start < chunk.length) held.push(new Uint8Array(chunk.subarray(start)));
      return out.length === 0 ? empty : Buffer.concat(out);
    },
    end() {
      if (held.length === 0) return empty;
      const line = Buffer.concat(held);
      held = [];
      return redact(line);
    },
  };
}

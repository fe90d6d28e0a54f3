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

/** A transcript on its way through: lines go in as they come, the same lines come out with masks in them. */
export interface Redactor {
  /** Bytes as they come, cut anywhere; gives what is whole by now. */
  write(chunk: Uint8Array): Uint8Array;
  /** What stands behind the last line break. */
  end(): Uint8Array;
  readonly findings: readonly Finding[];
}

const empty = new Uint8Array(0);

/**
 * Each line is redacted by itself: the redacted form of a transcript that grew by whole lines begins with that of
 * what it was before.
 */
export function createRedactor(policy: Policy): Redactor {
  const lines = createLineRedactor(policy);
  const findings: Finding[] = [];
  let held: Uint8Array[] = [];
  let number = 0;
  let isKeyOpen = false;

  function redact(line: Uint8Array): Uint8Array {
    number++;
    const result = lines.redact(line, isKeyOpen);
    ({ isKeyOpen } = result);
    for (const [index, hit] of result.hits.entries()) {
      const before = Math.max(hit.start - 3, result.hits[index - 1]?.end ?? 0);
      const after = Math.min(hit.end + 3, result.hits[index + 1]?.start ?? line.length);
      findings.push({
        rule: hit.rule,
        line: number,
        before: Buffer.from(line.subarray(before, hit.start)).toString("latin1"),
        after: Buffer.from(line.subarray(hit.end, after)).toString("latin1"),
      });
    }
    return result.bytes;
  }

  return {
    findings,
    write(chunk) {
      const out: Uint8Array[] = [];
      let start = 0;
      for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, start)) {
        held.push(chunk.subarray(start, end));
        const line = held.length === 1 ? chunk.subarray(start, end) : Buffer.concat(held);
        held = [];
        out.push(redact(line), chunk.subarray(end, end + 1));
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

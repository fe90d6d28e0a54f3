import { withoutBookkeeping } from "../../capture/bookkeeping.ts";
import { isObject } from "../../schema/is-object.ts";
import type { Rewrite, Rewriting } from "../../store/transcripts/rewrite.ts";

/** Another number where other rows are left out: what left in another form is made anew. */
const version = 1;

/**
 * A rewriting before which the agents' bookkeeping is left out. Each line is judged by itself, so that the form of a
 * transcript that grew by whole lines begins with that of what it was before.
 */
export function leavingOutBookkeeping(masking: Rewrite | undefined): Rewrite {
  return {
    ...masking,
    id: `${masking?.id ?? "raw"}-without-bookkeeping-${version}`,
    begin: (state) => beginWithout(masking, state),
  };
}

function beginWithout(masking: Rewrite | undefined, state: unknown): Rewriting {
  const kept = isState(state) ? state : undefined;
  const inner = masking?.begin(kept?.inner) ?? passing(kept?.given ?? 0);
  // A state that the masking does not understand is none for us either.
  let read = kept !== undefined && inner.state.given === kept.given ? kept.read : 0;
  let held: Uint8Array[] = [];
  const take = (line: Uint8Array, ending: Uint8Array): Uint8Array[] => {
    const left = withoutBookkeeping(line);
    return left === undefined ? [] : [left, ending];
  };
  return {
    write(chunk) {
      const lines: Uint8Array[] = [];
      let start = 0;
      for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, start)) {
        held.push(chunk.subarray(start, end));
        const line = held.length === 1 ? chunk.subarray(start, end) : Buffer.concat(held);
        held = [];
        lines.push(...take(line, chunk.subarray(end, end + 1)));
        read += line.length + 1;
        start = end + 1;
      }
      // The caller may use its buffer again.
      if (start < chunk.length) held.push(new Uint8Array(chunk.subarray(start)));
      return inner.write(Buffer.concat(lines));
    },
    end() {
      const rest = Buffer.concat(take(Buffer.concat(held), new Uint8Array(0)));
      held = [];
      return Buffer.concat([inner.write(rest), inner.end()]);
    },
    get state() {
      const { given } = inner.state;
      return { read, given, inner: inner.state };
    },
    get counts() {
      return inner.counts;
    },
  };
}

interface KeptState {
  readonly read: number;
  readonly given: number;
  readonly inner: unknown;
}

function isState(state: unknown): state is KeptState {
  return (
    isObject(state) && Number.isSafeInteger(state["read"]) && Number.isSafeInteger(state["given"])
  );
}

/** Masks nothing: what is written is given. It is only asked for whole lines, but for what comes last. */
function passing(before: number): Rewriting {
  let given = before;
  return {
    write(chunk) {
      given += chunk.length;
      return chunk;
    },
    end: () => new Uint8Array(0),
    get state() {
      return { read: given, given };
    },
    counts: {},
  };
}

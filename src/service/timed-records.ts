import type { Records } from "./records.ts";

/** One call of the database that has ended. */
export interface TimedCall {
  /** The method of `Records` or of its operations. */
  readonly operation: string;
  readonly seconds: number;
  readonly failed: boolean;
}

type Member = (...values: unknown[]) => Promise<unknown>;

/** The same database. Each call of a method is reported once it has ended. */
export function timedRecords(records: Records, onCall: (call: TimedCall) => void): Records {
  return timed(records, onCall);
}

function timed<T extends object>(value: T, onCall: (call: TimedCall) => void): T {
  return new Proxy(value, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member === "function") {
        return timedMember(String(name), member.bind(target) as Member, onCall);
      }
      // The epoch is text; operations are members of their own.
      return typeof member === "object" && member !== null ? timed(member, onCall) : member;
    },
  });
}

function timedMember(operation: string, member: Member, onCall: (call: TimedCall) => void): Member {
  return async (...values) => {
    const started = performance.now();
    let failed = true;
    try {
      const answer = await member(...values);
      failed = false;
      return answer;
    } finally {
      onCall({ operation, seconds: (performance.now() - started) / 1000, failed });
    }
  };
}

import { join } from "node:path";
import { isObject } from "../../schema/is-object.ts";
import { type JsonFile, type Warn, readJsonFile, updateJsonFile } from "../files/json-file.ts";
import type { ProjectPaths } from "../files/paths.ts";

/** When the last push to a remote, and the last pull from it, came to their end (RFC 3339), and what went along. */
export interface ExchangeTimes {
  pushed_at?: string;
  pulled_at?: string;
  /** The service's epoch and the commit up to which it has what git counts. */
  counted?: string;
}

type TimesOfRemotes = Record<string, ExchangeTimes>;

/** A lost file costs a request: what a service has is asked again. */
function timesFile(project: ProjectPaths): JsonFile<TimesOfRemotes> {
  return {
    path: join(project.directory, "exchange-times.json"),
    isValid: (value): value is TimesOfRemotes =>
      isObject(value) && Object.values(value).every((times) => isObject(times)),
  };
}

export function readExchangeTimes(
  project: ProjectPaths,
  warn: Warn,
): ReadonlyMap<string, ExchangeTimes> {
  return new Map(Object.entries(readJsonFile(timesFile(project), warn) ?? {}));
}

/** Changes what is noted of one remote: `undefined` forgets it. */
export function noteExchangeTimes(
  project: ProjectPaths,
  { remote, times }: { readonly remote: string; readonly times: ExchangeTimes | undefined },
  warn: Warn,
): void {
  updateJsonFile(
    timesFile(project),
    {
      initial: (): TimesOfRemotes => ({}),
      change(all) {
        const known = Object.hasOwn(all, remote) ? all[remote] : undefined;
        if (times === undefined) {
          if (known === undefined) return false;
          delete all[remote];
        } else {
          Object.defineProperty(all, remote, {
            value: { ...known, ...times },
            enumerable: true,
            configurable: true,
            writable: true,
          });
        }
      },
    },
    warn,
  );
}

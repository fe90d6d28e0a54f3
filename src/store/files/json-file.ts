import { readFileSync, renameSync, existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { systemCode } from "../../errors.ts";
import { diskFailure } from "./disk-failure.ts";
import { lockFile } from "./lock.ts";
import { readWithoutWaiting } from "./private-files.ts";
import { replaceFile } from "./replace.ts";

/** Tells a person what they should know although the work goes on. `Terminal.warn` is such a function. */
export type Warn = (message: string, hint?: string) => void;

/** A JSON file of a known shape. Its owner brings the check, because hooks must not load a schema library. */
export interface JsonFile<T> {
  readonly path: string;
  isValid(value: unknown): value is T;
}

type Reading<T> = { readonly value: T } | "missing" | "damaged";

function read<T>(file: JsonFile<T>): Reading<T> {
  let text: string;
  try {
    text = readFileSync(file.path, { encoding: "utf8", flag: readWithoutWaiting });
  } catch (error) {
    if (systemCode(error) === "ENOENT") return "missing";
    throw diskFailure(error, "read", file.path);
  }
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    return file.isValid(value) ? { value } : "damaged";
  } catch {
    return "damaged";
  }
}

/** Moves a damaged file out of the way, where a person can still look at it. The caller holds the lock. */
function setAside(path: string, warn: Warn): void {
  let number = 1;
  while (existsSync(`${path}.bad-${number}`)) number++;
  const kept = `${path}.bad-${number}`;
  try {
    renameSync(path, kept);
  } catch (error) {
    throw diskFailure(error, "set aside the damaged", path);
  }
  warn(`\`${path}\` is damaged and was kept as \`${basename(kept)}\``);
}

function lockOf(path: string): string {
  return join(dirname(path), ".lock");
}

/** The value, or undefined where there is no file. A damaged file is kept as `<name>.bad-<n>` and said. */
export function readJsonFile<T>(file: JsonFile<T>, warn: Warn): T | undefined {
  let reading = read(file);
  if (reading === "damaged") {
    using _lock = lockFile(lockOf(file.path));
    // While we waited, another process may have set it aside, or written a sound one.
    reading = read(file);
    if (reading === "damaged") setAside(file.path, warn);
  }
  return typeof reading === "string" ? undefined : reading.value;
}

export interface JsonUpdate<T> {
  /** What the file begins as. */
  initial(): T;
  /** Changes the value in place, so that fields we do not know stay; `false` leaves the file as it is. */
  change(value: T): void | false;
}

/** Reads, changes and replaces the file under its lock. Fields that we do not know keep their place and value. */
export function updateJsonFile<T>(file: JsonFile<T>, update: JsonUpdate<T>, warn: Warn): T {
  using _lock = lockFile(lockOf(file.path));
  const reading = read(file);
  if (reading === "damaged") setAside(file.path, warn);
  const value = typeof reading === "string" ? update.initial() : reading.value;
  if (update.change(value) !== false) {
    replaceFile(file.path, `${JSON.stringify(value, undefined, 2)}\n`);
  }
  return value;
}

import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "./directories.ts";

/** A program on PATH that keeps what it is called with, and does then what a line of shell says. */
export interface FakeProgram extends Disposable {
  readonly directory: string;
  /** What it was given last. */
  stdin(): string;
  words(): string;
  environment(): string;
}

export function fakeProgram(name: string, shell: string): FakeProgram {
  const place = temporaryDirectory();
  const directory = join(place.path, "bin");
  const kept = (what: string): string => join(place.path, what);
  mkdirSync(directory);
  writeFileSync(
    join(directory, name),
    `#!/bin/sh\ncat > '${kept("stdin")}'\necho "$0 $*" >> '${kept("words")}'\nenv > '${kept("env")}'\n${shell}\n`,
  );
  chmodSync(join(directory, name), 0o755);
  const read = (what: string): string => readFileSync(kept(what), "utf8");
  return {
    directory,
    stdin: () => read("stdin"),
    words: () => read("words").replaceAll(`${directory}/`, ""),
    environment: () => read("env"),
    [Symbol.dispose]: () => place[Symbol.dispose](),
  };
}

import {
  chmodSync,
  closeSync,
  constants,
  openSync,
  read,
  readFileSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

/** What one of git's hooks calls: the words behind the program's name, where it stands, what it is handed. */
export interface HookCall {
  readonly words: readonly string[];
  readonly cwd: string;
  readonly stdin: string;
}

/**
 * A program for hooks to call which hands each call over to this process and waits until it is answered. Git's hooks run
 * as ever, at the moment at which git runs them, without a process of ours for each.
 */
export class HookPipe implements Disposable {
  /** What hooks are made to call. */
  readonly program: string;
  readonly #directory: string;
  readonly #ask: number;
  readonly #answer: number;
  #failure: unknown;

  constructor(directory: string, answer: (call: HookCall) => Promise<void>) {
    this.#directory = directory;
    const [ask, reply] = ["ask", "reply"].map((name) => join(directory, name)) as [string, string];
    Bun.spawnSync(["mkfifo", ask, reply]);
    this.program = join(directory, "agent-trace");
    writeFileSync(
      this.program,
      `#!/bin/sh\n[ "$1" != rewrite-ledger ] || cat >'${directory}/input'\n` +
        `printf '%s|%s\\n' "$PWD" "$*" >'${ask}'\nread -r _ <'${reply}'\n`,
    );
    chmodSync(this.program, 0o755);
    // Open for both, so that neither side waits for the other, and neither ends.
    this.#ask = openSync(ask, constants.O_RDWR);
    this.#answer = openSync(reply, constants.O_RDWR);
    void this.#listen(answer);
  }

  async #listen(answer: (call: HookCall) => Promise<void>): Promise<void> {
    for (;;) {
      const line = await this.#next();
      if (line === "") break;
      const [cwd = "", words = ""] = line.split("|");
      const isRewrite = words.startsWith("rewrite-ledger");
      const stdin = isRewrite ? readFileSync(join(this.#directory, "input"), "utf8") : "";
      try {
        await answer({ words: words.split(" "), cwd, stdin });
      } catch (error) {
        this.#failure ??= error;
      }
      writeSync(this.#answer, "done\n");
    }
    closeSync(this.#ask);
    closeSync(this.#answer);
  }

  #next(): Promise<string> {
    const bytes = Buffer.alloc(4096);
    return new Promise((resolve, reject) =>
      read(this.#ask, bytes, 0, bytes.length, null, (error, size) =>
        error === null ? resolve(bytes.toString("utf8", 0, size).trim()) : reject(error),
      ),
    );
  }

  /** Throws what went wrong in answering, which no hook tells. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  [Symbol.dispose](): void {
    writeSync(this.#ask, "\n");
  }
}

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../errors.ts";
import { type Git, gitEnvironment, gitProgram, unfetched } from "./run-git.ts";

export interface GitObject {
  readonly id: string;
  readonly type: string;
  readonly content: Uint8Array;
}

/** One git process that hands out any number of objects. */
export interface Objects extends AsyncDisposable {
  /**
   * An object by id or revision (`HEAD^{commit}`); undefined where there is none, as behind a shallow clone's edge. One
   * of more bytes than `limit` is passed over, as if it were none.
   */
  read(name: string, limit?: number): Promise<GitObject | undefined>;
}

/** As `openObjects`, for who may need none: git is started by the first question. */
export function openObjectsLate(git: Git): Objects {
  let objects: Objects | undefined;
  return {
    read: (name, limit) => (objects ??= openObjects(git)).read(name, limit),
    async [Symbol.asyncDispose]() {
      await objects?.[Symbol.asyncDispose]();
    },
  };
}

export function openObjects(git: Git): Objects {
  let reader = startReader(git);
  const exchange = async (name: string, limit: number): Promise<GitObject | undefined> => {
    try {
      return await reader.exchange(name, limit);
    } catch (error) {
      // Git up to 2.44 ends where a partial clone lacks what it was promised. It is not fetched: there is none.
      const isKnown = isPartial(git) || !isId(name);
      await reader.end();
      reader = startReader(git);
      if (!isKnown) throw error;
      // It ends at some names, too, such as `HEAD:../a`, `HEAD@{99}`, `@{u}` without an upstream. Then it answers the next.
      await reader.exchange("HEAD", 0);
      return undefined;
    }
  };
  // Answers come in the order of the questions, so one question waits for the answer to the one before.
  let last: Promise<unknown> = Promise.resolve();
  return {
    read(name, limit = Infinity) {
      if (name === "" || /[\n\0]/.test(name)) return Promise.resolve(undefined);
      const answer = last.then(() => exchange(name, limit));
      last = answer.catch(() => {});
      return answer;
    },
    async [Symbol.asyncDispose]() {
      await last;
      await reader.end();
    },
  };
}

function isId(name: string): boolean {
  return /^[0-9a-f]{40,64}$/.test(name);
}

/** Whether the repository was cloned without some of its objects. */
function isPartial({ repository }: Git): boolean {
  try {
    const packs = readdirSync(join(repository.commonDir, "objects", "pack"));
    return packs.some((name) => name.endsWith(".promisor"));
  } catch {
    return false;
  }
}

function startReader(git: Git) {
  const child = Bun.spawn([gitProgram(git.environment), ...unfetched, "cat-file", "--batch"], {
    cwd: git.repository.workTree,
    env: { ...gitEnvironment(git.environment), GIT_NO_LAZY_FETCH: "1" },
    stdin: "pipe",
    stdout: "pipe",
    stderr: "ignore",
  });
  const reader = child.stdout.getReader();
  let held: Uint8Array = new Uint8Array(0);

  const more = async (): Promise<void> => {
    const { done, value } = await reader.read();
    if (done) throw new AppError("git_failed", "`git cat-file` ended early");
    held = held.length === 0 ? value : Buffer.concat([held, value]);
  };
  const takeLine = async (): Promise<string> => {
    while (!held.includes(10)) await more();
    const end = held.indexOf(10);
    const line = new TextDecoder().decode(held.subarray(0, end));
    held = held.subarray(end + 1);
    return line;
  };
  const takeBytes = async (size: number): Promise<Uint8Array> => {
    const content = new Uint8Array(size);
    let filled = 0;
    for (;;) {
      const part = held.subarray(0, size - filled);
      content.set(part, filled);
      filled += part.length;
      held = held.subarray(part.length);
      if (filled === size) return content;
      await more();
    }
  };
  const skip = async (size: number): Promise<void> => {
    for (let left = size; ;) {
      const part = Math.min(left, held.length);
      held = held.subarray(part);
      left -= part;
      if (left === 0) return;
      await more();
    }
  };
  const exchange = async (name: string, limit: number): Promise<GitObject | undefined> => {
    child.stdin.write(`${name}\n`);
    await child.stdin.flush();
    const header = /^([0-9a-f]+) ([a-z]+) ([0-9]+)$/.exec(await takeLine());
    const [, id, type, size] = header ?? [];
    if (id === undefined || type === undefined) return undefined;
    if (Number(size) > limit) {
      await skip(Number(size) + 1);
      return undefined;
    }
    const content = await takeBytes(Number(size));
    await takeBytes(1);
    return { id, type, content };
  };
  return {
    exchange,
    async end(): Promise<void> {
      try {
        await child.stdin.end();
      } catch {
        // It has ended by itself.
      }
      await reader.cancel();
      await child.exited;
    },
  };
}

/** A program at a pseudo-terminal, driven as a person would: type, look, type again. */
export interface Session extends AsyncDisposable {
  type(keys: string): void;
  /** Waits until the screen shows `expected` in what came since the last call, and gives that text. */
  see(expected: string | RegExp): Promise<string>;
  /** Of the program's end. */
  readonly exited: Promise<number>;
}

export interface SessionOptions {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export function startSession(argv: readonly string[], options: SessionOptions): Session {
  let seen = "";
  let look = (): void => {};
  const decoder = new TextDecoder();
  const child = Bun.spawn([...argv], {
    cwd: options.cwd,
    env: { TERM: "xterm", ...options.environment },
    terminal: {
      cols: 200,
      rows: 50,
      data(_terminal, data) {
        seen += decoder.decode(data, { stream: true });
        look();
      },
    },
  });
  return {
    type: (keys) => void child.terminal?.write(keys),
    see(expected) {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`not seen: ${expected}; but: ${JSON.stringify(seen)}`)),
          10_000,
        );
        look = () => {
          const plain = Bun.stripANSI(seen);
          const found =
            typeof expected === "string" ? plain.includes(expected) : expected.test(plain);
          if (!found) return;
          clearTimeout(timer);
          look = () => {};
          seen = "";
          resolve(plain);
        };
        look();
      });
    },
    exited: child.exited,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
      child.terminal?.close();
    },
  };
}

/** A program at a pseudo-terminal, driven as a person would: type, look, type again. */
export interface Session extends AsyncDisposable {
  type(keys: string): void;
  /** Waits until the screen shows `expected` in what came since the last call, and gives that text. */
  see(expected: string | RegExp): Promise<string>;
  /** As `see`, with the escape sequences as they came. */
  raw(expected: string): Promise<string>;
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
  const wait = (expected: string | RegExp, view: (text: string) => string): Promise<string> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`not seen: ${expected}; but: ${JSON.stringify(seen)}`));
      }, 10_000);
      look = () => {
        const shown = view(seen);
        const found =
          typeof expected === "string" ? shown.includes(expected) : expected.test(shown);
        if (!found) return;
        clearTimeout(timer);
        look = () => {};
        seen = "";
        resolve(shown);
      };
      look();
    });
  return {
    type: (keys) => void child.terminal?.write(keys),
    see: (expected) => wait(expected, Bun.stripANSI),
    raw: (expected) => wait(expected, (text) => text),
    exited: child.exited,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
      child.terminal?.close();
    },
  };
}

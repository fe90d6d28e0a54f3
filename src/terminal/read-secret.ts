/**
 * One line typed at the terminal without being shown; undefined where it is given up with Ctrl-C or Ctrl-D. The
 * terminal is put back before this returns, whatever happens. `ask` shows the question: what is pasted at once must not
 * be shown either, so it comes after the terminal is quiet.
 */
export async function readSecret(ask: () => void): Promise<string | undefined> {
  const { stdin } = process;
  stdin.setRawMode(true);
  ask();
  stdin.resume();
  try {
    return await new Promise<string | undefined>((resolve) => {
      let typed = "";
      const take = (chunk: Buffer): void => {
        for (const character of chunk.toString("utf8")) {
          if (character === "\r" || character === "\n") return end(typed);
          if (character === "\u0003" || character === "\u0004") return end(undefined);
          if (character === "\u007F" || character === "\b") typed = typed.slice(0, -1);
          else typed += character;
        }
      };
      const end = (line: string | undefined): void => {
        stdin.off("data", take);
        resolve(line);
      };
      stdin.on("data", take);
    });
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
  }
}

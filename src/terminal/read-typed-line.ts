/**
 * Lets a person type one line, which only `show` shows. Undefined where the person gives up with Ctrl-C or Ctrl-D. `ask`
 * shows the question, after the terminal has stopped to show what is typed: some paste at once. Whatever happens, the
 * terminal is put back before this returns.
 */
export async function readTypedLine(
  ask: () => void,
  show: (text: string) => void = () => {},
): Promise<string | undefined> {
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
          const isErased = character === "\u007F" || character === "\b";
          if (isErased && typed !== "") show("\b \b");
          else if (character >= " " && !isErased) show(character);
          typed = isErased ? typed.slice(0, -1) : typed + character;
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

import { AppError } from "../errors.ts";
import { visible } from "./text.ts";

/** Where a person can be asked: what is typed is shown, and so are the questions, beside the answer. */
export interface Asking {
  /** Lets a person type a line, which `show` shows. Undefined where the person gives up. */
  readLine(ask: () => void, show: (text: string) => void): Promise<string | undefined>;
  show(text: string): void;
}

async function askLine({ readLine, show }: Asking, question: string): Promise<string> {
  const typed = await readLine(() => show(question), show);
  show("\n");
  if (typed === undefined) throw new AppError("interrupted", "nothing was changed");
  return typed.trim();
}

/** Asks until yes or no is said; Enter alone keeps to `now`. Giving up is an `AppError`. */
export async function askWhether(asking: Asking, question: string, now: boolean): Promise<boolean> {
  for (;;) {
    const word = await askLine(asking, `${question} [${now ? "Y/n" : "y/N"}] `);
    if (word === "") return now;
    if (/^y(?:es)?$/i.test(word)) return true;
    if (/^no?$/i.test(word)) return false;
    asking.show("Please answer with yes or no.\n");
  }
}

/** Asks for a text; Enter alone keeps to `now`, where there is something to keep to. */
export async function askFor(
  asking: Asking,
  question: string,
  now: string | undefined,
): Promise<string> {
  for (;;) {
    const kept = now === undefined ? "" : ` [${visible(now)}]`;
    const text = await askLine(asking, `${question}${kept}: `);
    if (text !== "") return text;
    if (now !== undefined) return now;
  }
}

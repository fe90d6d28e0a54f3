import { type Environment, isSwitchedOn, readVariable } from "../environment.ts";

/** Colour by meaning; colour never carries a meaning alone. */
export type Meaning = "error" | "warning" | "hint" | "good" | "heading" | "dim" | "name" | Session;

/** Colours that tell neighbouring sessions apart; each stands beside the session's name. */
export const sessions = ["session 1", "session 2", "session 3", "session 4", "session 5"] as const;
type Session = (typeof sessions)[number];

const codes: Record<Meaning, string> = {
  "session 1": "36",
  "session 2": "35",
  "session 3": "33",
  "session 4": "34",
  "session 5": "32",
  error: "1;31",
  warning: "1;33",
  hint: "1;36",
  good: "32",
  heading: "1",
  dim: "2",
  name: "36",
};

export type ColorChoice = "always" | "never" | "auto";

/** `--color` > `NO_COLOR` > `FORCE_COLOR`, `CLICOLOR_FORCE` > `TERM=dumb` > whether the stream is a terminal. */
export function wantsColor(
  choice: ColorChoice,
  environment: Environment,
  isTerminal: () => boolean,
): boolean {
  if (choice !== "auto") return choice === "always";
  if (readVariable(environment, "NO_COLOR") !== undefined) return false;
  if (isSwitchedOn(environment, "FORCE_COLOR") || isSwitchedOn(environment, "CLICOLOR_FORCE")) {
    return true;
  }
  if (readVariable(environment, "TERM") === "dumb") return false;
  return isTerminal();
}

export function paint(text: string, meaning: Meaning, color: boolean): string {
  return color ? `\u001B[${codes[meaning]}m${text}\u001B[0m` : text;
}

/** Line-drawing characters need a UTF-8 locale. */
export function hasUnicode(environment: Environment): boolean {
  const locale =
    readVariable(environment, "LC_ALL") ??
    readVariable(environment, "LC_CTYPE") ??
    readVariable(environment, "LANG") ??
    "";
  return /utf-?8/i.test(locale);
}

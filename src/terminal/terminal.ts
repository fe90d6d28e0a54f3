import type { Environment } from "../environment.ts";
import { AppError } from "../errors.ts";
import type { Progress } from "../schema/progress.ts";
import { type ProgressLine, startProgress } from "./progress.ts";
import { openConversation } from "./conversation.ts";
import type { Pager } from "./pager.ts";
import type { Sink } from "./streams.ts";
import { type ColorChoice, type Meaning, hasUnicode, paint, wantsColor } from "./style.ts";
import { withoutTokens } from "../schema/without-tokens.ts";
import { escapeInvisible } from "./text.ts";

export interface TerminalOptions {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly environment: Environment;
  readonly color: ColorChoice;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly debug: boolean;
  readonly progress: boolean;
  /** Shows long answers where stdout is a terminal; undefined with `--no-pager`. */
  readonly pager: Pager | undefined;
}

/**
 * The two streams, by what they are for. stdout carries the answer alone: text from `print`, or exactly one JSON
 * document from `answer`. All else goes to stderr.
 */
export interface Terminal {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly json: boolean;
  readonly warnings: readonly string[];
  /** Width of stdout in cells; 80 where it cannot be known. */
  readonly columns: number;
  /** Writes a line of the answer; silent with `--json`. */
  print(line: string): void;
  /** Writes the lines of a long answer, through the pager at a terminal; silent with `--json`. */
  page(lines: readonly string[]): void;
  /** Writes the JSON document of a command, such as `answer("push", {...})`; silent without `--json`. */
  answer(command: string, document: object, ok?: boolean): void;
  /** A remark on stderr; silent with `--quiet`. */
  note(line: string): void;
  /** `warning: …` on stderr, also kept for the JSON document; silent with `--quiet`. */
  warn(message: string, hint?: string): void;
  /** `error: …` and its hint on stderr. */
  fail(error: AppError): void;
  /** Details for `--debug`; never secrets. */
  debug(line: string): void;
  /** Whether line-drawing characters may be used in the answer. */
  readonly unicode: boolean;
  /** Colours text of the answer by meaning. */
  paint(text: string, meaning: Meaning): string;
  startProgress(title: string): ProgressLine;
  /** Says why nothing moves: in the progress line where there is one, else as a remark. */
  wait(reason: string): void;
}

const silent: ProgressLine = {
  report: (_progress: Progress) => {},
  wait: (_reason: string) => {},
  end: () => {},
};

export function createTerminal(options: TerminalOptions): Terminal {
  const { stdout, stderr, environment, json, quiet } = options;
  // Asked only when needed: to find out whether a stream is a terminal costs a hook more than all else before its work.
  const colored = (sink: Sink): boolean =>
    wantsColor(options.color, environment, () => sink.isTerminal);
  const warnings: string[] = [];
  const told = new Set<string>();
  let current: ProgressLine | undefined;
  let lastCause: string | undefined;
  const conversation = openConversation(stderr, {
    quiet,
    debug: options.debug,
    colored: () => colored(stderr),
  });
  return {
    stdout,
    stderr,
    json,
    warnings,
    get columns() {
      return stdout.columns ?? (Number(environment["COLUMNS"]) || 80);
    },
    get unicode() {
      return colored(stdout) && hasUnicode(environment);
    },
    print(line) {
      if (!json) stdout.write(`${line}\n`);
    },
    page(lines) {
      if (json) return;
      const text = lines.map((line) => `${line}\n`).join("");
      // On a dumb terminal a pager would ask for a key before it shows anything.
      const isPaged = stdout.isTerminal && environment["TERM"] !== "dumb";
      if (!isPaged || options.pager?.(text) !== true) stdout.write(text);
    },
    answer(command, document, ok = true) {
      if (!json) return;
      const own = { schema: `agent-trace.${command}/1`, ok };
      stdout.write(`${escapeInvisible(JSON.stringify({ ...own, ...document, ...own }))}\n`);
    },
    note: (line) => conversation.log(line),
    warn(message, hint) {
      // A command may read a damaged file twice; the person is told once.
      if (told.has(message)) return;
      told.add(message);
      warnings.push(message);
      conversation.warn(message, hint);
    },
    fail: ({ message, hint }) => conversation.error(message, hint),
    debug: (line) => conversation.debug(line),
    paint: (text, meaning) => paint(text, meaning, !json && colored(stdout)),
    startProgress(title) {
      if (quiet || !options.progress) return silent;
      const moving = stderr.isTerminal && environment["TERM"] !== "dumb";
      const line = startProgress(title, {
        sink: stderr,
        moving,
        unicode: colored(stderr) && hasUnicode(environment),
        now: () => performance.now(),
      });
      current = line;
      return {
        ...line,
        end() {
          line.end();
          if (current === line) current = undefined;
        },
      };
    },
    wait(reason) {
      // Two requests may wait for the same service: the pauses differ, the reason is one.
      const cause = reason.replace(/again in \d+ s/, "");
      if (!options.progress || cause === lastCause) return;
      lastCause = cause;
      if (current === undefined) conversation.log(reason);
      else current.wait(reason);
    },
  };
}

/** The part of a JSON answer that tells of a failure. */
export function describeError(error: AppError): object {
  const own = {
    code: error.label,
    message: withoutTokens(error.message),
    hint: error.hint === undefined ? null : withoutTokens(error.hint),
    retryable: error.retryable,
  };
  // The facts come from a remote, under names of its choice: our own members win.
  return { ...own, ...error.details, ...own };
}

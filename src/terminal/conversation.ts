import { type ConsolaInstance, createConsola } from "consola/core";
import type { Sink } from "./streams.ts";
import { paint } from "./style.ts";
import { withoutTokens } from "../schema/without-tokens.ts";
import { visible } from "./text.ts";

const words = { error: "error", warn: "warning" } as const;

export interface ConversationOptions {
  readonly quiet: boolean;
  readonly debug: boolean;
  /** Asked when something is said. */
  colored(): boolean;
}

function told(text: unknown): string {
  return visible(withoutTokens(String(text)));
}

/**
 * What is said on stderr, as opposed to the answer on stdout. `error` is always said, `warn` and `log` unless quiet,
 * `debug` with `--debug`. The second argument of `error` and `warn` is the hint. The reporter is ours, because the
 * library's own writes to stdout; its throttle is off, because it would swallow a warning that is said five times.
 */
export function openConversation(sink: Sink, options: ConversationOptions): ConsolaInstance {
  const line = (word: "error" | "warning" | "hint", text: unknown): void =>
    sink.write(`${paint(`${word}:`, word, options.colored())} ${told(text)}\n`);
  return createConsola({
    level: options.debug ? 4 : options.quiet ? 0 : 3,
    throttle: 0,
    reporters: [
      {
        log({ type, args: [text, hint] }) {
          if (type === "debug") return sink.write(`debug: ${told(text)}\n`);
          if (type !== "error" && type !== "warn") return sink.write(`${String(text)}\n`);
          line(words[type], text);
          if (hint !== undefined) line("hint", hint);
        },
      },
    ],
  });
}

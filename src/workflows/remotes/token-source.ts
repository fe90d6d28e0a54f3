import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { withoutTokens } from "../../schema/without-tokens.ts";
import { visible } from "../../terminal/text.ts";

/** Where a remote's secret is to come from: given now and kept in `config.json`, or a variable read at each use. */
export type TokenSource =
  | { readonly kind: "given"; readonly token: string }
  | { readonly kind: "variable"; readonly name: string };

export interface TokenOptions {
  readonly token?: string | undefined;
  readonly "token-env"?: string | undefined;
}

/** The names of the two options that give a token, for the commands that take them. */
export const tokenArguments = {
  token: {
    type: "string",
    valueHint: "TOKEN|-",
    description: "the token itself, or `-` to read it from standard input",
    completes: "none",
  },
  "token-env": {
    type: "string",
    valueHint: "VAR",
    description: "an environment variable that holds the token at each use",
    completes: "none",
  },
} as const;

/** A token longer than this is a file given by mistake. */
const longestToken = 16 * 1024;

/** A token typed at the terminal, without being shown; undefined where nobody can be asked. */
export async function askForToken(
  context: Context,
  question: string,
): Promise<TokenSource | undefined> {
  const { stdin, terminal, options } = context;
  if (!stdin.isTerminal || !terminal.stdout.isTerminal || !options.input) return undefined;
  if (stdin.readLine === undefined) return undefined;
  const typed = await stdin.readLine(() => terminal.stderr.write(`${visible(question)}: `));
  terminal.stderr.write("\n");
  if (typed === undefined) throw new AppError("interrupted", "no token was given");
  return { kind: "given", token: checkToken(typed.trim()) };
}

/** What `--token` or `--token-env` says; undefined where neither is given. */
export async function readTokenSource(
  context: Context,
  options: TokenOptions,
): Promise<TokenSource | undefined> {
  const { token, "token-env": variable } = options;
  if (token !== undefined && variable !== undefined) {
    throw new AppError("usage", "`--token` and `--token-env` exclude each other");
  }
  if (variable !== undefined) {
    const isToken = withoutTokens(variable) !== variable;
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable) && !isToken)
      return { kind: "variable", name: variable };
    throw new AppError("usage", "`--token-env` needs the name of an environment variable", {
      hint: "give the name, such as `MY_TOKEN`, not its value",
    });
  }
  if (token === undefined) return undefined;
  if (token !== "-") return { kind: "given", token: checkToken(token) };
  const asked = await askForToken(context, "Token");
  if (asked !== undefined) return asked;
  const bytes = await context.stdin.read(longestToken);
  if (bytes === undefined) throw new AppError("invalid_token", "standard input holds no token");
  const text = new TextDecoder().decode(bytes).replace(/\r?\n$/, "");
  return { kind: "given", token: checkToken(text) };
}

/** A token becomes a header, so a line break in it would forge another one. It is not shown: it is a secret. */
export function checkToken(token: string): string {
  const fault =
    token.trim() === ""
      ? "it is empty"
      : /[\r\n\0]/.test(token)
        ? "it holds a line break or a NUL"
        : /^[\u0021-\u007E]+$/.test(token)
          ? undefined
          : "it holds a blank or a character that is not ASCII";
  if (fault === undefined) return token;
  throw new AppError("invalid_token", `the token cannot be used: ${fault}`, {
    hint: "copy it again from where it was made; it begins with `at_`",
  });
}

/** The token that a source stands for right now. */
export function tokenOf(context: Context, source: TokenSource): string {
  if (source.kind === "given") return source.token;
  const value = context.environment[source.name];
  if (value !== undefined && value !== "") return checkToken(value);
  throw new AppError("missing_token", `the environment variable \`${source.name}\` is not set`, {
    hint: `set \`${source.name}\` to the token, or use \`--token -\``,
  });
}

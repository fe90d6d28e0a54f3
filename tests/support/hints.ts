import { lookUp, namePositionals, parseLine } from "../../src/cli/arguments.ts";
import { findCommand } from "../../src/cli/command-path.ts";
import { globalOptions } from "../../src/cli/global-options.ts";
import type { Arguments } from "../../src/command.ts";
import { catalog } from "../../src/commands/catalog.ts";
import type { Outcome } from "./cli.ts";

/** A command of ours that a hint, or a line of `doctor`, tells a person to type. */
interface Advice {
  readonly hint: string;
  /** The words behind the program's name. */
  readonly words: readonly string[];
}

/** How the commands of hints are typed in the scene that printed them. */
interface Typing {
  run(argv: readonly string[]): Promise<Outcome>;
  /** Where nothing of it is seen afterwards; undefined where the scene cannot be copied. */
  rehearse(argv: readonly string[]): Promise<Outcome | undefined>;
}

/** What talks to a service, which the copy of a scene would share, or goes on until it is told to end. */
const apart =
  /^(?:push|pull|sync|serve|viewer|mcp|search|admin|project|self|notes (?:push|pull)|remote (?:add|set-url|set-token))(?: |$)/;

/** What a command says of a name that is none, or not there. */
const unknown = /^error: (?:no |unknown |there is no )/m;

const good = new Set<string>();

/**
 * Every hint that a test makes the program print must be one that can be followed: the commands in it exist and take
 * what it shows, options are ones of the command that was typed, and remotes are there. What needs no service is typed, in
 * a copy of the scene. Throws where that is not so.
 */
export async function checkHints(
  argv: readonly string[],
  { stdout, stderr }: Outcome,
  typing: Typing,
): Promise<void> {
  // oxlint-disable-next-line no-control-regex
  const hints = [...stderr.matchAll(/^(?:\u001B\[[\d;]*m)?hint:(?:\u001B\[0m)? (.*)$/gm)].map(
    ([, hint = ""]) => hint,
  );
  const fixes = [...stdout.matchAll(/^ {8}(?:fix|see): (.*)$/gm)].map(([, fix = ""]) =>
    fix.startsWith("agent-trace ") ? `\`${fix}\`` : fix,
  );
  for (const hint of [...hints, ...fixes]) {
    const path = await pathOf(argv);
    const key = `${path}\0${hint}`;
    if (good.has(key)) continue;
    for (const [, typed = ""] of hint.matchAll(/`([^`]+)`/g)) {
      if (typed.startsWith("agent-trace ")) {
        // A line for a hook ends with `|| true`.
        const [line = ""] = typed.split(" || ");
        await checkCommand({ hint, words: line.split(" ").slice(1) }, typing);
      } else if (typed.startsWith("--")) await checkOption(hint, typed, path);
    }
    good.add(key);
  }
}

async function checkCommand({ hint, words }: Advice, { run, rehearse }: Typing): Promise<void> {
  try {
    if (words[0] === "help" || words.includes("--help")) {
      const end = words.indexOf("--help");
      const before = words[0] === "help" ? words.slice(1) : words.slice(0, end);
      const named = before.filter((word) => !word.startsWith("-"));
      if (named.length > 0) findCommand(catalog, named);
      return;
    }
    const found = findCommand(catalog, words);
    // What was misspelled is put right; its arguments stay as they were typed.
    if (hint.startsWith("did you mean")) return;
    if (found.kind === "group") throw new Error("a group alone does nothing");
    const { args } = (await found.entry.load()).default;
    const { positionals } = parseLine(found.rest, { ...globalOptions, ...args });
    const named = namePositionals(found.path, args, positionals);
    const remote = /^remote (?:show|set|rename|remove|default)/.test(found.path)
      ? (named.get("name") ?? named.get("old"))
      : undefined;
    // Files that a team shares may lie outside of the scene.
    const isSafe = !apart.test(found.path) && !words.includes("--shared");
    if (isSafe && !words.some((word) => /[<>[\]…|]/.test(word))) {
      const outcome = await rehearse(words);
      if (outcome !== undefined && (outcome.exitCode === 2 || unknown.test(outcome.stderr))) {
        throw new Error(`it says ${outcome.stderr}`);
      }
    }
    if (remote === undefined || remote.startsWith("<")) return;
    const { remotes } = JSON.parse((await run(["remote", "list", "--json"])).stdout) as {
      remotes?: { name: string }[];
    };
    const isBroken = found.path === "remote remove";
    if (!isBroken && remotes?.some(({ name }) => name === remote) === false) {
      throw new Error(`there is no remote ${remote}`);
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`the hint cannot be followed: ${hint} (${reason})`, { cause });
  }
}

async function checkOption(hint: string, typed: string, path: string): Promise<void> {
  const [option = ""] = typed.split(/[ =]/);
  const args = await argumentsOf(path);
  const known = lookUp(args, option) ?? lookUp(args, option.replace(/^--no-/, "--"));
  if (known === undefined)
    throw new Error(`\`${path}\` has no ${option}, which the hint names: ${hint}`);
}

async function pathOf(argv: readonly string[]): Promise<string> {
  try {
    const leading = parseLine(argv, globalOptions, { stopAtWord: true });
    return findCommand(catalog, leading.rest).path;
  } catch {
    return "";
  }
}

async function argumentsOf(path: string): Promise<Arguments> {
  if (path === "") return globalOptions;
  const found = findCommand(catalog, path.split(" "));
  if (found.kind === "group") return globalOptions;
  return { ...globalOptions, ...(await found.entry.load()).default.args };
}

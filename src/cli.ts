/** One command line becomes one exit code here. Never throws, never ends the process. */
import { resolve } from "node:path";
import { runCommand } from "citty";
import { namePositionals, parseLine, toRawArgs } from "./cli/arguments.ts";
import { findCommand } from "./cli/command-path.ts";
import { besides, globalOptions } from "./cli/global-options.ts";
import { commandPage, groupPage, rootPage } from "./cli/help-pages.ts";
import type { Catalog, Command } from "./command.ts";
import type { Context, Program, Stdin } from "./context.ts";
import { type Environment, dataDirectory, isSwitchedOn, readVariable } from "./environment.ts";
import { AppError, exitCodeOf, exitCodes } from "./errors.ts";
import { lookAt } from "./git/look-at.ts";
import { type HelpLength, type HelpPage, renderHelp } from "./terminal/help.ts";
import type { Pager } from "./terminal/pager.ts";
import { OutputClosed, type Sink } from "./terminal/streams.ts";
import type { ColorChoice } from "./terminal/style.ts";
import { type Terminal, createTerminal, describeError } from "./terminal/terminal.ts";

/** The world as the process found it. */
export interface World {
  readonly cwd: string;
  readonly environment: Environment;
  readonly stdin: Stdin;
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly signal: AbortSignal;
  readonly program: Program;
  /** Shows long answers where stdout is a terminal. */
  readonly pager?: Pager;
  now(): Date;
}

type Options = ReadonlyMap<string, string | boolean>;

export async function runCli(
  argv: readonly string[],
  catalog: Catalog,
  world: World,
): Promise<number> {
  // A failure while the command line is read must be shown too: a first look at its words says how.
  let terminal = terminalFor(world, optionsGuess(argv));
  let path = "";
  let isHook = false;
  const show = (page: HelpPage, sink: Sink, length: HelpLength): void => {
    const isAnswer = sink === world.stdout;
    const heading = (text: string): string => (isAnswer ? terminal.paint(text, "heading") : text);
    const text = renderHelp(page, sink.columns ?? terminal.columns, heading, length);
    // Help is no JSON document, so that it is shown as text even where one is asked for.
    if (isAnswer && !terminal.json) terminal.page(text.trimEnd().split("\n"));
    else sink.write(text);
  };
  try {
    if (argv[0] === "__complete") return await offer(argv.slice(1), catalog, world);
    const leading = parseLine(
      argv,
      { ...globalOptions, version: { type: "boolean" } },
      { stopAtWord: true },
    );
    if (leading.options.get("version") === true) {
      world.stdout.write(`agent-trace ${world.program.version}\n`);
      return exitCodes.ok;
    }
    if (leading.rest.length === 0) {
      if (leading.positionals[0] !== undefined) findCommand(catalog, leading.positionals);
      show(rootPage(catalog), world.stdout, argv.includes("--help") ? "long" : "short");
      return exitCodes.ok;
    }
    const asksHelp = leading.rest[0] === "help" && leading.rest[1]?.startsWith("-") !== true;
    const words = asksHelp ? await helpWords(leading.rest.slice(1)) : leading.rest;
    if (words.length === 0) {
      show(rootPage(catalog), world.stdout, "long");
      return exitCodes.ok;
    }
    const found = findCommand(catalog, words);
    path = found.path;
    isHook = found.kind === "command" && found.entry.hook === true;
    const behind = words.slice(1);
    const wantsHelp = (words: readonly string[]): HelpLength | undefined => {
      const end = words.indexOf("--");
      const own = end < 0 ? words : words.slice(0, end);
      if (own.includes("--help")) return "long";
      const before = leading.options.get("help") === true;
      if (!own.includes("-h") && !before) return undefined;
      return before && argv.includes("--help") ? "long" : "short";
    };
    if (found.kind === "group") {
      const asked = wantsHelp(behind);
      if (asked === undefined) parseLine(behind, globalOptions);
      const sink = asked === undefined ? world.stderr : world.stdout;
      const alone = (await found.entry.alone?.load())?.default;
      show(groupPage(path, found.entry, alone), sink, asked ?? "short");
      return asked !== undefined ? exitCodes.ok : exitCodes.usage;
    }
    const command = (await found.entry.load()).default;
    const asked = wantsHelp(found.rest);
    if (asked !== undefined) {
      show(commandPage(path, command), world.stdout, asked);
      return exitCodes.ok;
    }
    const line = parseLine(found.rest, { ...globalOptions, ...ownLetters(command) });
    namePositionals(`agent-trace ${path}`, command.args, line.positionals);
    const options = new Map([...leading.options, ...line.options]);
    terminal = terminalFor(world, options);
    return await run(command, line.options, line.positionals, contextFor(world, options, terminal));
  } catch (error) {
    // An option that is not understood may stand before the hook's name.
    isHook ||= path === "" && argv.some((word) => namesHook(catalog, word));
    if (!isHook) return report(error, path, terminal);
    report(error, path, terminalFor(world, new Map([["debug", argv.includes("--debug")]])));
    return argv.includes("--strict") ? exitCodes.failed : exitCodes.ok;
  }
}

function namesHook(catalog: Catalog, word: string): boolean {
  const entry = Object.hasOwn(catalog, word) ? catalog[word] : undefined;
  return entry?.kind === "command" && entry.hook === true;
}

/**
 * Answers the shell, which asks by `<shell> <index> -- <words>` what may stand at the cursor. On a failure it prints
 * nothing and ends with 0.
 */
async function offer(
  [shell = "", index = "0", , ...words]: readonly string[],
  catalog: Catalog,
  world: World,
): Promise<number> {
  try {
    const { complete } = await import("./cli/complete.ts");
    const context = contextFor(world, new Map(), terminalFor(world, new Map()));
    const lines = await complete({ shell, index: Number(index), words }, catalog, context);
    if (lines !== "") world.stdout.write(`${lines}\n`);
  } catch {
    // A prompt is no place for messages.
  }
  return exitCodes.ok;
}

/** `help a b` is `a b --help`; a topic stays with the command `help`. */
async function helpWords(words: readonly string[]): Promise<readonly string[]> {
  if (words.length === 0) return [];
  const { isHelpTopic } = await import("./terminal/help-topics.ts");
  return isHelpTopic(words[0] ?? "") ? ["help", ...words] : [...words, "--help"];
}

/** A command's own letters win over global ones: behind `context`, `-q` is no `--quiet`. */
function ownLetters(command: Command): Command["args"] {
  return { ...besides(command.args), ...command.args };
}

async function run(
  command: Command,
  options: Options,
  positionals: readonly string[],
  context: Context,
): Promise<number> {
  const definition = {
    args: command.args,
    run: ({ args }: { args: never }) => command.run(context, args),
  };
  const { result } = await runCommand(definition as never, {
    rawArgs: toRawArgs(command.args, options, positionals),
  });
  if (context.signal.aborted && command.handlesSignals !== true) throw context.signal.reason;
  return typeof result === "number" ? result : exitCodes.ok;
}

function contextFor(world: World, options: Options, terminal: Terminal): Context {
  const { environment, stdin, signal, program } = world;
  const text = (name: string): string | undefined => {
    const value = options.get(name);
    return typeof value === "string" ? value : undefined;
  };
  const directory = text("cwd");
  const cwd = resolve(world.cwd, directory ?? ".");
  if (directory !== undefined && lookAt(cwd)?.isDirectory() !== true) {
    throw new AppError("not_found", `there is no directory \`${directory}\``, {
      hint: "check the path behind `-C`",
    });
  }
  const userHome = readVariable(environment, "HOME") ?? readVariable(environment, "USERPROFILE");
  const home = dataDirectory(environment);
  return {
    cwd,
    // Looked up only when a command needs it: the version and completions work where no home is set.
    get home() {
      if (home !== undefined) return resolve(world.cwd, home);
      throw new AppError("failed", "neither `AGENT_TRACE_HOME` nor `HOME` is set", {
        hint: "set `AGENT_TRACE_HOME` to the directory in which agent-trace may keep its files",
      });
    },
    userHome,
    environment,
    stdin,
    signal,
    program,
    terminal,
    now: world.now,
    options: {
      json: options.get("json") === true,
      quiet: options.get("quiet") === true,
      verbose: options.get("verbose") === true,
      debug: options.get("debug") === true,
      input: options.get("input") !== false,
      offline: options.get("offline") === true || isSwitchedOn(environment, "AGENT_TRACE_OFFLINE"),
      project: text("project"),
    },
  };
}

function terminalFor(world: World, options: Options): Terminal {
  const { stdout, stderr, environment } = world;
  return createTerminal({
    stdout,
    stderr,
    environment,
    color: (options.get("color") ?? "auto") as ColorChoice,
    json: options.get("json") === true,
    quiet: options.get("quiet") === true,
    debug: options.get("debug") === true,
    progress:
      options.get("progress") !== false &&
      readVariable(environment, "AGENT_TRACE_NO_PROGRESS") === undefined,
    pager: options.get("pager") === false ? undefined : world.pager,
  });
}

function optionsGuess(argv: readonly string[]): Options {
  const words = argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv;
  return new Map<string, string | boolean>([
    ["json", words.includes("--json")],
    ["debug", words.includes("--debug")],
    ["color", words.includes("--no-color") ? "never" : "auto"],
  ]);
}

/** A usage error without a hint gets one: the help of the command that was typed. */
function withHelp(error: AppError, path: string): AppError {
  if (error.code !== "usage" || error.hint !== undefined) return error;
  const { message, label, details } = error;
  const hint = `see \`agent-trace ${path === "" ? "" : `${path} `}--help\``;
  return new AppError("usage", message, { hint, label, details, cause: error });
}

/** Tells on stderr, and in the JSON document, what was thrown. Gives its exit code. */
function report(error: unknown, path: string, terminal: Terminal): number {
  if (error instanceof OutputClosed) return exitCodes.ok;
  const known =
    error instanceof AppError
      ? withHelp(error, path)
      : new AppError(
          "bug",
          `this is a bug in agent-trace: ${error instanceof Error ? error.message : String(error)}`,
          {
            hint: "run the command again with `--debug` and report what it prints",
            cause: error,
          },
        );
  try {
    terminal.fail(known);
    if (error instanceof Error && error.stack !== undefined) terminal.debug(error.stack);
    terminal.answer(
      path === "" ? "error" : path.replaceAll(" ", "-"),
      { error: describeError(known) },
      false,
    );
  } catch (failure) {
    if (!(failure instanceof OutputClosed)) return exitCodes.failed;
  }
  return exitCodeOf(known);
}

import { expect, test } from "bun:test";
import { aliasesOf } from "../../src/cli/arguments.ts";
import { globalOptions } from "../../src/cli/global-options.ts";
import { catalog } from "../../src/commands/catalog.ts";
import { type Definition, readDefinitions } from "../../release/definitions.ts";
import type { Argument, Arguments, CommandEntry, Entry } from "../../src/command.ts";
import { agentSession } from "../support/agent-session.ts";
import { seeded } from "../support/random.ts";

const runs = 10_000;
// oxlint-disable-next-line no-control-regex
const obeyed = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069]/;

/** Words that a person, a script or a repository may bring where anything is taken. */
const values = [
  "",
  "-",
  "--",
  "-l",
  ".",
  "..",
  "/",
  "/dev/null",
  "/dev/zero",
  "a.ts",
  "src/a.ts",
  "1",
  "0",
  "-1",
  "1-2",
  "2-1",
  "99999999999",
  "origin",
  "nobody",
  "constructor",
  "__proto__",
  "https://example.com/a/b",
  "https://example.com",
  "http://[::1/",
  "at_secret",
  "HEAD",
  "HEAD~1",
  "--all",
  "true",
  "notes.enabled",
  "remote.default",
  "summary",
  "2026-02-10",
  "yesterday",
  "\u001B[2J",
  "a\nb",
  "\u202Egnp",
  "x".repeat(5_000),
  "é漢字",
  "$(id)",
  "`id`",
  "*",
  "text",
  "json",
  "turns",
];

function commandsOf(path: string, entry: Entry): [string, CommandEntry][] {
  if (entry.kind === "command") return [[path, entry]];
  return [
    ...(entry.alone === undefined ? [] : [[path, entry.alone] as [string, CommandEntry]]),
    ...Object.entries(entry.commands).flatMap(([word, below]) =>
      commandsOf(`${path} ${word}`, below),
    ),
  ];
}

/** Those that wait for a signal, or take the program itself away. */
const leftOut = ["serve", "self uninstall", "viewer", "mcp"];

test(`${runs} random command lines end well, say nothing that a terminal obeys, and are no bug`, async () => {
  const definitions: readonly Definition[] = (await readDefinitions(catalog)).chapters.flatMap(
    (chapter) => chapter.definitions,
  );
  expect(definitions.length).toBeGreaterThan(40);
  const commands = await Promise.all(
    Object.entries(catalog)
      .flatMap(([word, entry]) => commandsOf(word, entry))
      .filter(([path]) => !leftOut.includes(path))
      .map(async ([path, entry]) => ({
        path,
        args: (await entry.load()).default.args as Arguments,
      })),
  );
  using session = await agentSession();
  await session.write("src/a.ts", "one\ntwo\n");
  session.type("a.ts", "mine\n");
  await session.commit();
  const seed = Number(process.env["SEED"] ?? 1);
  const { next: random, pick } = seeded(seed);
  const bad: object[] = [];
  for (let run = 0; run < runs; run++) {
    const { path, args } = pick(commands);
    const options = Object.entries<Argument>({ ...globalOptions, ...args }).filter(
      ([, { type }]) => type !== "positional",
    );
    const words = path.split(" ");
    for (let more = Math.floor(random() * 5); more > 0; more--) {
      const roll = random();
      if (roll < 0.5) words.push(pick(values));
      else {
        const [name, argument] = pick(options);
        const short = aliasesOf(argument).filter((alias) => alias.length === 1);
        const typed =
          roll < 0.6 && short.length > 0
            ? `-${pick(short)}`
            : `--${roll < 0.65 ? "no-" : ""}${name}`;
        words.push(argument.type === "boolean" || roll > 0.9 ? typed : `${typed}=${pick(values)}`);
      }
    }
    const { exitCode, stdout, stderr } = await session.run(words, {
      stdin: pick(["", "{}", "at_secret\n", "\u0000"]),
      environment: { AGENT_TRACE_OFFLINE: "1", NO_COLOR: "1" },
      terminal: random() < 0.3,
    });
    const isColored = words.some((word) => word.startsWith("--color"));
    const shown = stdout + stderr;
    const isBad = exitCode === 70 || (!isColored && obeyed.test(shown));
    if (isBad) bad.push({ run, words, shown: shown.slice(0, 300) });
  }
  expect({ seed, bad }).toEqual({ seed, bad: [] });
});

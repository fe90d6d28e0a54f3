import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ledgerHash } from "../../src/schema/note.ts";
import { type Outcome, cli } from "./cli.ts";
import { temporaryDirectory } from "./directories.ts";
import { gitTestEnvironment } from "./repository.ts";

export const notesRef = "refs/notes/agent-trace";

/** Somebody with a clone and a home of their own. */
export interface Person {
  readonly name: string;
  readonly repo: string;
  run(...argv: string[]): Promise<Outcome>;
  /** Runs git in the clone and gives what it prints; throws where it fails. */
  git(...argv: string[]): string;
  /** As `git`, while others do the same; gives the exit code. */
  gitMeanwhile(...argv: string[]): Promise<number>;
  /** Commits an empty change and gives its id. */
  commit(message: string): string;
  /** Writes a note past us, as another program or another time would. */
  note(commit: string, content: unknown, at?: string): void;
  /** All notes by commit. */
  notes(): Map<string, unknown>;
}

export interface Team extends Disposable {
  readonly origin: string;
  /** The one commit that all have. */
  readonly base: string;
  readonly people: readonly Person[];
}

/** What a note must have to be one of ours. */
export function noteWith(more: object, trace = "t"): Record<string, unknown> {
  const ledger = { version: "2.0", commit_sha: trace, trace_ids: [trace], files: {} };
  return {
    version: "2.0",
    trace_ids: [trace],
    ledger_hash: ledgerHash(ledger),
    stats: { ai_lines: 1 },
    ...more,
  };
}

/** People around one bare repository. */
export async function notesTeam(count: number): Promise<Team> {
  const directory = temporaryDirectory();
  const environment = { ...gitTestEnvironment, HOME: directory.path } as Record<string, string>;
  const started = (cwd: string, argv: readonly string[], more: Record<string, string> = {}) =>
    Bun.spawn(["git", ...argv], {
      cwd,
      env: { ...environment, ...more },
      stdout: "pipe",
      stderr: "pipe",
    });
  const runIn = (cwd: string, argv: readonly string[], more: Record<string, string> = {}) => {
    const { stdout, stderr, exitCode } = Bun.spawnSync(["git", ...argv], {
      cwd,
      env: { ...environment, ...more },
    });
    if (exitCode !== 0) throw new Error(`git ${argv.join(" ")}: ${stderr.toString()}`);
    return stdout.toString().trim();
  };
  const origin = join(directory.path, "origin.git");
  mkdirSync(origin);
  runIn(origin, ["init", "--quiet", "--bare", "--initial-branch=main"]);
  const people: Person[] = [];
  for (let at = 0; at < count; at++) {
    const name = `p${at}`;
    const repo = join(directory.path, name);
    const home = join(directory.path, `home-${name}`);
    runIn(directory.path, ["clone", "--quiet", `file://${origin}`, repo]);
    if (at === 0) {
      runIn(repo, ["commit", "--quiet", "--allow-empty", "-m", "base"]);
      runIn(repo, ["push", "--quiet", "origin", "HEAD:main"]);
    }
    const git = (...argv: string[]): string => runIn(repo, argv);
    const person: Person = {
      name,
      repo,
      git,
      run: (...argv) => cli(argv, { home, cwd: repo, environment: { ...environment, HOME: home } }),
      gitMeanwhile: (...argv) => started(repo, argv).exited,
      commit(message) {
        git("commit", "--quiet", "--allow-empty", "-m", `${message} of ${name}`);
        return git("rev-parse", "HEAD");
      },
      note(commit, content, time = "2026-02-10T12:00:00Z") {
        const text = typeof content === "string" ? content : JSON.stringify(content);
        const own = { GIT_COMMITTER_DATE: time, GIT_AUTHOR_DATE: time };
        runIn(repo, ["notes", `--ref=${notesRef}`, "add", "-f", "-m", text, commit], own);
      },
      notes() {
        if (git("for-each-ref", notesRef) === "") return new Map();
        const lines = git("notes", `--ref=${notesRef}`, "list").split("\n").filter(Boolean);
        return new Map(
          lines.map((line) => {
            const [blob = "", commit = ""] = line.split(" ");
            const text = git("cat-file", "blob", blob);
            return [commit, text.startsWith("{") ? JSON.parse(text) : text];
          }),
        );
      },
    };
    await person.run("init", "--no-hooks");
    people.push(person);
  }
  const base = people[0]?.git("rev-parse", "HEAD") ?? "";
  return { origin, base, people, [Symbol.dispose]: () => directory[Symbol.dispose]() };
}

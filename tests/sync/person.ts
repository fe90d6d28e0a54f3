import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { projectPaths } from "../../src/store/files/paths.ts";
import type { ProjectPaths } from "../../src/store/files/paths.ts";
import { type ProjectId, isProjectId } from "../../src/schema/ids.ts";
import { type CliOptions, type Outcome, cli } from "../support/cli.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { type TempRepo, tempRepo } from "../support/repository.ts";

/** One person with a home and an initialised repository of their own. */
export interface Person extends Disposable {
  readonly home: string;
  /** `AGENT_TRACE_HOME`. */
  readonly store: string;
  readonly repo: TempRepo;
  readonly paths: ProjectPaths;
  /** Types `agent-trace …` in the repository. */
  type(argv: readonly string[], options?: CliOptions): Promise<Outcome>;
  /** As `type` with `--json`: the document, and the exit code as `exitCode`. */
  ask(argv: readonly string[], options?: CliOptions): Promise<Answer>;
}

// oxlint-disable-next-line typescript/no-explicit-any
export type Answer = { readonly exitCode: number; readonly stderr: string } & Record<string, any>;

export async function newPerson(): Promise<Person> {
  const directory = temporaryDirectory();
  const repo = tempRepo();
  const home = directory.path;
  const type: Person["type"] = (argv, options = {}) =>
    cli(argv, { home, cwd: repo.path, ...options });
  const { exitCode, stderr } = await type(["init", "--no-hooks"]);
  if (exitCode !== 0) throw new Error(stderr);
  const id = findProjectId(repo.path);
  const store = join(home, ".agent-trace");
  return {
    home,
    store,
    repo,
    paths: projectPaths(store, id),
    type,
    async ask(argv, options) {
      const outcome = await type([...argv, "--json"], options);
      const { exitCode: code, stdout, stderr: said } = outcome;
      return { ...JSON.parse(stdout), exitCode: code, stderr: said };
    },
    [Symbol.dispose]() {
      repo[Symbol.dispose]();
      directory[Symbol.dispose]();
    },
  };
}

/** The local id of the project in a repository that is set up. */
export function findProjectId(repository: string): ProjectId {
  const id = readFileSync(join(repository, ".git/agent-trace-id"), "utf8").trim();
  if (!isProjectId(id)) throw new Error(`no project id: ${id}`);
  return id;
}

/** As `newPerson`, with a remote `origin` whose token is given on standard input. */
export async function personAt(account: {
  readonly remote: string;
  readonly token: string;
}): Promise<Person> {
  const person = await newPerson();
  const add = ["remote", "add", "origin", account.remote, "--token", "-"];
  const { exitCode, stderr } = await person.type(add, { stdin: `${account.token}\n` });
  if (exitCode !== 0) throw new Error(stderr);
  return person;
}

/** Permission bits, such as `600`. */
export function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

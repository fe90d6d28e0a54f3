import { existsSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ProjectId } from "../../src/schema/ids.ts";
import { type ProjectPaths, projectPaths } from "../../src/store/files/paths.ts";
import { pendingPlace } from "../../src/store/pending.ts";
import { type CliOptions, type Outcome, cli } from "../support/cli.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { gitTestEnvironment } from "../support/repository.ts";
import { type ServerProcess, serverProcess } from "../support/server-process.ts";

const fixtures = resolve(import.meta.dir, "../fixtures/old-stores");

/** A store as an earlier program left it, its repository, and the service that it was shared through, now ours. */
export interface OldStore extends AsyncDisposable {
  readonly home: string;
  readonly project: string;
  readonly server: ServerProcess;
  /** What the earlier program said of each file. */
  readonly blamed: Readonly<Record<string, Blame | null>>;
  type(argv: readonly string[], options?: CliOptions): Promise<Outcome>;
}

export interface Blame {
  readonly attributions: readonly { kind: string; start_line: number; end_line: number }[];
}

/** The lines that an agent wrote. */
export function aiLines(blame: Blame | null): number[] {
  return (blame?.attributions ?? [])
    .filter(({ kind }) => kind === "AI")
    .flatMap(({ start_line: start, end_line: end }) =>
      Array.from({ length: end - start + 1 }, (_, at) => start + at),
    );
}

/** Unpacks what tests/fixtures/old-stores/make.ts packed. The service has another port than it had. */
export async function openOldStore(name: string): Promise<OldStore> {
  const directory = temporaryDirectory();
  const root = directory.path;
  const unpacked = Bun.spawnSync(["tar", "-xzf", join(fixtures, `${name}.tar.gz`), "-C", root]);
  if (!unpacked.success) throw new Error(unpacked.stderr.toString());
  const server = await serverProcess(join(root, "service"));
  const former = readFileSync(join(root, "url"), "utf8");
  const store = join(root, "home/.agent-trace");
  for (const file of readdirSync(store, { recursive: true }).map(String)) {
    if (!file.endsWith(".json")) continue;
    const path = join(store, file);
    writeFileSync(path, readFileSync(path, "utf8").replaceAll(former, server.url));
  }
  const [id = ""] = readdirSync(join(store, "projects"));
  const home = join(root, "home");
  const repository = join(root, "repository");
  movePending(projectPaths(store, id as ProjectId), repository);
  const environment = { ...gitTestEnvironment, AGENT_TRACE_HOME: store };
  return {
    home,
    project: join(store, "projects", id),
    server,
    blamed: JSON.parse(readFileSync(join(root, "blamed.json"), "utf8")),
    type: (argv, options) => cli(argv, { home, cwd: repository, environment, ...options }),
    async [Symbol.asyncDispose]() {
      server.process.kill("SIGTERM");
      await server.process.exited;
      directory[Symbol.dispose]();
    },
  };
}

/** 0.1.0 named the pending files of a work tree by its path, which is another one here. */
function movePending(project: ProjectPaths, repository: string): void {
  const pending = join(project.directory, "pending");
  if (!existsSync(pending)) return;
  const [was = ""] = readdirSync(pending);
  renameSync(join(pending, was), pendingPlace(project, repository).directory);
}

/** The remote and the token that the store has. */
export function accountOf({ home, server }: OldStore): { remote: string; token: string } {
  const config = JSON.parse(readFileSync(join(home, ".agent-trace/config.json"), "utf8"));
  const [token] = Object.values(config.tokens as Record<string, string>);
  return { remote: `${server.url}/acme/app`, token: token ?? "" };
}

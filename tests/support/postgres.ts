import { SQL } from "bun";
import { chownSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "./directories.ts";
import { freePort } from "./free-port.ts";

export interface PostgresServer extends AsyncDisposable {
  readonly port: number;
  /** A database of its own on this server; `postgres://…`. */
  database(): Promise<string>;
  /** As a power cut would: no process of it ends its work. */
  crash(): void;
  start(): void;
}

/** The newest of the server's programs on this machine, or undefined. */
function programs(): string | undefined {
  const versions = "/usr/lib/postgresql";
  if (!existsSync(versions)) return undefined;
  const [newest] = readdirSync(versions)
    .map(Number)
    .toSorted((a, b) => b - a);
  const bin = join(versions, String(newest), "bin");
  return existsSync(join(bin, "initdb")) ? bin : undefined;
}

export const hasPostgres = programs() !== undefined;

function run(command: readonly string[]): string {
  const user =
    process.getuid?.() === 0
      ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
      : [];
  const done = Bun.spawnSync([...user, ...command], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  if (done.exitCode !== 0) throw new Error(`${command.join(" ")}: ${done.stderr.toString()}`);
  return done.stdout.toString();
}

/** A PostgreSQL server on a free port of loopback, in a temporary directory, as a user of its own. */
/** `tuning` are lines of its configuration. */
export async function postgresServer(tuning: readonly string[] = []): Promise<PostgresServer> {
  const bin = programs() ?? "";
  const directory = temporaryDirectory();
  const data = join(directory.path, "data");
  mkdirSync(data, { mode: 0o700 });
  if (process.getuid?.() === 0) {
    const [user, group] = ["-u", "-g"].map((what) =>
      Number(Bun.spawnSync(["id", what, "postgres"]).stdout.toString()),
    );
    chownSync(data, user ?? 0, group ?? 0);
    // The way to it must be open to that user.
    Bun.spawnSync(["chmod", "711", directory.path]);
  }
  run([
    join(bin, "initdb"),
    "-D",
    data,
    "-U",
    "postgres",
    "-A",
    "trust",
    "-E",
    "UTF8",
    "--no-sync",
  ]);
  const port = freePort();
  const settings = [
    `port = ${port}`,
    "listen_addresses = '127.0.0.1'",
    "unix_socket_directories = ''",
    "max_connections = 200",
    // A kill loses nothing by this, a power cut would.
    "fsync = off",
    ...tuning,
  ];
  writeFileSync(join(data, "postgresql.auto.conf"), settings.join("\n"));
  const control = (...words: string[]) =>
    run([join(bin, "pg_ctl"), "-D", data, "-s", "-w", "-l", join(data, "log"), ...words]);
  control("start");
  const address = (name: string): string => `postgres://postgres@127.0.0.1:${port}/${name}`;
  const admin = new SQL(address("postgres"), { max: 1 });
  let made = 0;
  return {
    port,
    async database() {
      const name = `test_${++made}`;
      await admin.unsafe(`CREATE DATABASE ${name}`);
      return address(name);
    },
    crash: () => void control("-m", "immediate", "stop"),
    start: () => void control("start"),
    async [Symbol.asyncDispose]() {
      await admin.close({ timeout: 0 }).catch(() => {});
      try {
        control("-m", "immediate", "stop");
      } catch {
        // It is down already.
      }
      directory[Symbol.dispose]();
    },
  };
}

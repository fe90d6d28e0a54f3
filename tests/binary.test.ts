/** The compiled program, started as people, hooks and containers start it. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readDefinitions } from "../release/definitions.ts";
import { catalog } from "../src/commands/catalog.ts";
import { compileControl } from "./support/compile-control.ts";
import { temporaryDirectory } from "./support/directories.ts";
import { gate } from "./support/gate.ts";
import { compiledProgram } from "./support/program.ts";
import { startSession } from "./support/pseudo-terminal.ts";
import { type TempRepo, tempRepo } from "./support/repository.ts";
import { startProgram } from "./support/start-program.ts";
import { version } from "../package.json";

const program = compiledProgram();
const PATH = process.env["PATH"];

/** A repository that is set up, with remotes enough that listing them fills every pipe. */
let repo: TempRepo;
let home: string;
let environment: Record<string, string | undefined>;
const remotes = 4000;

beforeAll(async () => {
  repo = tempRepo();
  repo.commit("first", { "src/app.ts": "one\n" });
  home = join(repo.path, "../home");
  mkdirSync(home);
  environment = { PATH, HOME: home };
  await startProgram([program, "init"], { cwd: repo.path, environment });
  const [id = ""] = readdirSync(join(home, ".agent-trace/projects"));
  const remote = {
    url: "https://traces.example.com/acme/app",
    base_url: "https://traces.example.com",
    org_slug: "acme",
    project_slug: "app",
  };
  writeFileSync(
    join(home, ".agent-trace/projects", id, "remotes.json"),
    JSON.stringify(
      Object.fromEntries(
        Array.from({ length: remotes }, (_, index) => [`remote-${index}`, remote]),
      ),
    ),
  );
});
afterAll(() => repo[Symbol.dispose]());

describe("the build", () => {
  test("knows its version, commit and target", async () => {
    const { stdout } = await startProgram([program, "version", "--json"], { cwd: "/" });
    expect(JSON.parse(stdout)).toEqual({
      schema: "agent-trace.version/1",
      ok: true,
      version,
      commit: expect.stringMatching(/^([0-9a-f]{40}(-dirty)?|unknown)$/),
      target: expect.stringMatching(/^(linux|darwin|windows)-(x64|arm64)(-musl)?$/),
      bun: Bun.version,
    });
  });

  test.each([
    [["--version"]],
    [["version"]],
    [["--help"]],
    [["push", "--help"]],
    [["help", "config"]],
  ])("runs %j with no environment at all", async (words) => {
    const { exitCode, stdout, stderr } = await startProgram([program, ...words], { cwd: "/" });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).not.toBe("");
  });

  test("starts where the current directory was removed, and says so without showing source", async () => {
    using directory = temporaryDirectory();
    const script = 'mkdir gone && cd gone && rmdir ../gone && "$0" remote list';
    const { exitCode, stderr } = await startProgram(["sh", "-c", script, program], {
      cwd: directory.path,
      environment,
    });
    expect(exitCode).toBe(1);
    expect(stderr).toStartWith("error: ");
    expect(stderr.split("\n").length).toBeLessThan(4);
  });

  // Without bytecode the help alone takes 3.8 times the floor, with it 2.4; `--version` is too small to tell.
  test("prints its version in at most 1.6 times, its help in at most 3 times the time of a program that only prints", async () => {
    using directory = temporaryDirectory();
    const floor = await compileControl(directory.path, 'console.log("agent-trace");');
    const programs = { floor: [floor], version: [program, "--version"], help: [program, "--help"] };
    const fastest = { floor: Infinity, version: Infinity, help: Infinity };
    for (let round = 0; round < 25; round++) {
      for (const name of ["floor", "version", "help"] as const) {
        const started = performance.now();
        Bun.spawnSync(programs[name], { env: {} });
        fastest[name] = Math.min(performance.now() - started, fastest[name]);
      }
    }
    expect(fastest.version / fastest.floor).toBeLessThan(1.6);
    expect(fastest.help / fastest.floor).toBeLessThan(3);
  });
});

describe("its output", () => {
  const shell = (script: string, more: Record<string, string> = {}) =>
    startProgram(["bash", "-c", script, program], {
      cwd: repo.path,
      environment: { ...environment, ...more },
    });
  const list = '"$0" remote list';

  test("is whole through a pipe whose reader is slow", async () => {
    const { stdout } = await shell(`${list} | dd bs=64 2>/dev/null | wc -l`);
    expect(Number(stdout)).toBe(remotes);
  });

  gate("is whole through a pipe that does not block", { needs: ["perl"] }, async () => {
    const nonblocking =
      "use Fcntl; fcntl(STDOUT, F_SETFL, fcntl(STDOUT, F_GETFL, 0) | O_NONBLOCK); exec @ARGV";
    const { stdout } = await shell(
      `perl -e '${nonblocking}' "$0" remote list | dd bs=64 2>/dev/null | wc -l`,
    );
    expect(Number(stdout)).toBe(remotes);
  });

  test("may be cut short by its reader", async () => {
    const { stdout, stderr } = await shell(`${list} | head -n 1; echo "\${PIPESTATUS[0]}"`);
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^.*remote-0.*\n0\n$/);
  });

  test("may be closed", async () => {
    expect(await shell(`${list} >&-`)).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  });

  test.skipIf(!existsSync("/dev/full"))("fails, and says so, on a full disk", async () => {
    for (const words of ["remote list", "remote list --json", "--version", "--help"]) {
      const { exitCode, stderr } = await shell(`"$0" ${words} > /dev/full`);
      expect({ words, exitCode, stderr }).toEqual({
        words,
        exitCode: 1,
        stderr: "error: cannot write the output: no space left on the device\n",
      });
    }
  });

  test("is the same whatever CI, TEST and DEBUG are", async () => {
    const plain = await shell(`${list} | tail -n 3; "$0" remote show nobody`);
    expect(plain.exitCode).toBe(1);
    for (const more of [{ CI: "true" }, { TEST: "1" }, { DEBUG: "*" }, { NO_COLOR: "1" }]) {
      expect(await shell(`${list} | tail -n 3; "$0" remote show nobody`, more as never)).toEqual(
        plain,
      );
    }
  });

  test.each([
    [{}, true],
    [{ NO_COLOR: "1" }, false],
    [{ TERM: "dumb" }, false],
  ])("at a terminal with %j has colour: %j", async (more, colored) => {
    await using session = startSession([program, "help", "exit-codes"], {
      cwd: repo.path,
      environment: { ...environment, ...more },
    });
    const shown = await session.raw("LEARN MORE");
    expect(shown.includes("\u001B[1m")).toBe(colored);
    expect(await session.exited).toBe(0);
  });
});

test.each([
  ["commands", [""]],
  ["options", ["push", "--"]],
  ["4,000 remotes", ["remote", "show", "rem"]],
  ["20,000 tracked files", ["blame", "many/"]],
])("completes %s within 50 ms", (_what, words) => {
  const empty = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";
  const entries = Array.from(
    { length: 20_000 },
    (_, index) => `100644 ${empty} 0\tmany/${index % 100}/file-${index}.ts\n`,
  );
  Bun.spawnSync(["git", "update-index", "--index-info"], {
    cwd: repo.path,
    env: environment as Record<string, string>,
    stdin: new TextEncoder().encode(entries.join("")),
  });
  const took = Array.from({ length: 10 }, () => {
    const started = performance.now();
    const argv = [program, "__complete", "bash", String(words.length - 1), "--", ...words];
    const { stdout } = Bun.spawnSync(argv, {
      cwd: repo.path,
      env: environment as Record<string, string>,
    });
    expect(stdout.toString().split("\n").length).toBeGreaterThan(10);
    return performance.now() - started;
  });
  expect(Math.min(...took)).toBeLessThan(50);
});

describe("without anybody to answer", () => {
  test.each([
    [["remote", "set-token", "remote-0"], "--token"],
    [["admin", "project", "delete", "app", "--org", "acme"], "--yes"],
  ])("%j ends at once and names what to type", async (words, hint) => {
    const { exitCode, stdout, stderr } = await startProgram([program, ...words], {
      cwd: repo.path,
      environment,
      timeout: 5000,
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain(hint);
  });

  test("no command waits for a word on stdin", async () => {
    const { chapters } = await readDefinitions(catalog);
    const endless = ["serve", "viewer"];
    const paths = chapters
      .flatMap(({ definitions }) => definitions.map(({ path }) => path))
      .filter((path) => !endless.includes(path));
    const waiting: string[] = [];
    for (const path of paths) {
      const { exitCode } = await startProgram([program, ...path.split(" "), "--offline"], {
        cwd: "/",
        environment: { PATH, HOME: join(home, "nobody") },
        timeout: 5000,
      });
      if (exitCode > 128) waiting.push(`${path}: ${exitCode}`);
    }
    expect(waiting).toEqual([]);
  }, 60_000);
});

describe("a signal", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)(
    "%s in the middle of a request ends with %d and leaves nothing half done",
    async (signal, code) => {
      using other = tempRepo();
      other.commit("first", { "a.txt": "a\n" });
      const where = join(other.path, "../home");
      mkdirSync(where);
      const own = { PATH, HOME: where };
      await startProgram([program, "init"], { cwd: other.path, environment: own });
      const files = () => readdirSync(where, { recursive: true }).sort();
      const before = files();
      const { promise: asked, resolve } = Promise.withResolvers<void>();
      await using server = Bun.serve({
        hostname: "127.0.0.1",
        port: 0,
        fetch() {
          resolve();
          return new Promise<Response>(() => {});
        },
      });
      const url = `http://127.0.0.1:${server.port}/acme/app`;
      const child = Bun.spawn(
        [program, "remote", "add", "origin", url, "--token", "secret-token"],
        {
          cwd: other.path,
          env: own as Record<string, string>,
          stdin: "ignore",
          stdout: "pipe",
          stderr: "pipe",
        },
      );
      await asked;
      child.kill(signal);
      expect(await child.exited).toBe(code);
      // It ended by itself, having put in order what it had begun; the signal did not end it.
      expect(child.signalCode).toBe(null);
      expect(await child.stdout.text()).toBe("");
      expect(await child.stderr.text()).not.toContain("secret-token");
      expect(files()).toEqual(before);
      await server.stop(true);
    },
  );
});

/** The program is started inside strangers' repositories: what lies there is never its configuration. */
import { describe, expect, test } from "bun:test";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compileControl } from "../support/compile-control.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { compiledProgram } from "../support/program.ts";
import { startProgram } from "../support/start-program.ts";

const program = compiledProgram();

describe("in a directory of somebody who means harm", () => {
  /** Files that a runtime would read or run from the current directory; each leaves `marker` when it runs. */
  function hostileDirectory(
    path: string,
    server: string,
  ): { marker: string; preload: string; config: string } {
    const marker = join(path, "marker");
    const preload = join(path, "evil.ts");
    writeFileSync(preload, `require("node:fs").writeFileSync(${JSON.stringify(marker)}, "ran");`);
    writeFileSync(
      join(path, ".env"),
      [
        "AGENT_TRACE_ADMIN_SECRET=stolen",
        `AGENT_TRACE_HOME=${join(path, "home")}`,
        `HTTP_PROXY=${server}`,
        "NODE_TLS_REJECT_UNAUTHORIZED=0",
        `BUN_OPTIONS=--preload=${preload}`,
      ].join("\n"),
    );
    for (const name of [".env.local", ".env.production", ".env.development"]) {
      writeFileSync(join(path, name), "AGENT_TRACE_ADMIN_SECRET=stolen\n");
    }
    const config = join(path, "bunfig.toml");
    writeFileSync(config, `preload = [${JSON.stringify(preload)}]\n`);
    writeFileSync(
      join(path, "tsconfig.json"),
      '{"compilerOptions":{"paths":{"*":["./evil.ts"],"node:fs":["./evil.ts"]}}}',
    );
    writeFileSync(
      join(path, "package.json"),
      '{"name":"agent-trace","type":"commonjs","imports":{"#*":"./evil.ts"},"main":"evil.ts"}',
    );
    return { marker, preload, config };
  }

  const lines = [
    ["version", "--json"],
    ["--help"],
    ["remote", "list"],
    ["record"],
    ["__complete", "bash", "0", "--"],
  ];

  test("nothing of theirs runs and no variable of theirs is read", async () => {
    using hostile = temporaryDirectory();
    using clean = temporaryDirectory();
    using home = temporaryDirectory();
    const seen: (string | null)[] = [];
    await using server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch(request) {
        seen.push(request.headers.get("authorization"));
        return new Response("{}", { status: 404 });
      },
    });
    const url = `http://127.0.0.1:${server.port}`;
    const { marker, preload, config } = hostileDirectory(hostile.path, url);
    const environments: Record<string, string | undefined>[] = [
      {},
      { BUN_OPTIONS: `--preload=${preload}` },
      { BUN_OPTIONS: `--preload ${preload} --config=${config}` },
      { BUN_OPTIONS: "--env-file=.env" },
      { NODE_OPTIONS: `--require ${preload}`, NODE_ENV: "production" },
    ];
    for (const more of environments) {
      for (const words of [...lines, ["project", "create", `${url}/acme/app`]]) {
        const run = (cwd: string) =>
          startProgram([program, ...words], {
            cwd,
            environment: { PATH: process.env["PATH"], HOME: home.path, ...more },
          });
        expect({ words, ...(await run(hostile.path)) }).toEqual({
          words,
          ...(await run(clean.path)),
        });
        expect(existsSync(marker)).toBe(false);
      }
    }
    expect(existsSync(join(hostile.path, "home"))).toBe(false);
    expect(seen.filter((header) => header?.includes("stolen") === true)).toEqual([]);
  });

  test("a program compiled without our switches runs all of it (control)", async () => {
    using directory = temporaryDirectory();
    const control = await compileControl(
      directory.path,
      "console.log(process.env.AGENT_TRACE_ADMIN_SECRET);",
    );
    using hostile = temporaryDirectory();
    const { marker, preload } = hostileDirectory(hostile.path, "http://127.0.0.1:9");
    const { stdout } = await startProgram([control], { cwd: hostile.path });
    expect({ stdout, ran: existsSync(marker) }).toEqual({ stdout: "stolen\n", ran: true });
    rmSync(marker);
    const more = { BUN_OPTIONS: `--preload=${preload}` };
    await startProgram([control], { cwd: directory.path, environment: more });
    expect(existsSync(marker)).toBe(true);
  });

  test("rather than run a file that BUN_OPTIONS names it does not start", async () => {
    using directory = temporaryDirectory();
    const { marker, preload } = hostileDirectory(directory.path, "http://127.0.0.1:9");
    const { exitCode, stdout, stderr } = await startProgram([program, "--version"], {
      cwd: directory.path,
      environment: { BUN_OPTIONS: `--preload=${preload}` },
    });
    expect({ exitCode, stdout, ran: existsSync(marker) }).toEqual({
      exitCode: 1,
      stdout: "",
      ran: false,
    });
    expect(stderr).toStartWith("EvalError: Code generation from strings disallowed");
  });
});

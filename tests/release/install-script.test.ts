import { describe, expect } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gate } from "../support/gate.ts";
import {
  archive,
  busyboxPath,
  downloading,
  installScene,
  installed,
  oldProgram,
  ownTarget,
  pathWithout,
  programSaying,
  shells,
} from "../support/install-scene.ts";

for (const [name, shell, downloader] of shells) {
  const needs = [shell[0] ?? "", ...(downloader === "busybox" ? [] : [downloader])];
  gate(`installs under ${name} with ${downloader}`, { needs }, async () => {
    await using there = installScene();
    const PATH =
      downloader === "busybox"
        ? busyboxPath(there.path)
        : pathWithout(there.path, downloader === "curl" ? "wget" : "curl");
    const run = () => there.run({ shell, environment: { PATH } });
    const { exitCode, stdout, stderr } = await run();
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "" });
    expect(stderr).toContain(`installed agent-trace 0.1.0: ${there.bin}/agent-trace\n`);
    expect(stderr).toContain(`export PATH='${there.bin}':"$PATH"`);
    expect(stderr).toEndWith(
      "uninstall: `agent-trace self uninstall`, with --dry-run to see what it would remove\n",
    );
    expect(installed(there.bin)).toBe(programSaying("0.1.0"));
    expect(readdirSync(there.bin).sort()).toEqual([".agent-trace-receipt.json", "agent-trace"]);
    const receipt = JSON.parse(readFileSync(join(there.bin, ".agent-trace-receipt.json"), "utf8"));
    expect(receipt).toEqual({
      schema: "agent-trace.receipt/1",
      version: "0.1.0",
      target: ownTarget,
      source: `${there.release.url}/${archive}`,
      program_sha256: new Bun.CryptoHasher("sha256").update(programSaying("0.1.0")).digest("hex"),
      installed_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      path_file: "",
    });
    expect((await run()).exitCode).toBe(0);
  });
}

describe("says clearly why it cannot install:", () => {
  const fakes = (directory: string, programs: Record<string, string>): string => {
    const path = join(directory, "fakes");
    mkdirSync(path);
    for (const [name, body] of Object.entries(programs)) {
      writeFileSync(join(path, name), `#!/bin/sh\n${body}\n`);
      chmodSync(join(path, name), 0o755);
    }
    return `${path}:${process.env["PATH"]}`;
  };
  const uname = (system: string, machine: string): Record<string, string> => ({
    uname: `case $1 in -s) echo ${system} ;; -m) echo ${machine} ;; esac`,
  });
  downloading.each<[string, Record<string, string | undefined>, Record<string, string>, string]>([
    [
      "HOME is not set",
      { HOME: undefined },
      {},
      "error: HOME is not set\nhint: set AGENT_TRACE_INSTALL_DIR",
    ],
    [
      "a home that cannot be written to",
      { HOME: "/proc" },
      {},
      "error: cannot write to /proc/.local/bin\n",
    ],
    [
      "an unknown system",
      {},
      uname("FreeBSD", "amd64"),
      "error: there is no build for `FreeBSD`\n",
    ],
    [
      "an unknown processor",
      {},
      uname("Linux", "riscv64"),
      "error: there is no build for the processor `riscv64`\n",
    ],
    ["Windows", {}, uname("MINGW64_NT-10.0", "x86_64"), "hint: run install.ps1 in PowerShell\n"],
    [
      "an old macOS",
      {},
      { ...uname("Darwin", "arm64"), sw_vers: "echo 12.7" },
      "error: this is macOS 12.7\n",
    ],
    [
      "a wrong C library",
      { AGENT_TRACE_LIBC: "uclibc" },
      {},
      "error: AGENT_TRACE_LIBC is `uclibc`\n",
    ],
    [
      "plain http elsewhere",
      { AGENT_TRACE_DOWNLOAD_URL: "http://releases.example" },
      {},
      "error: http://releases.example is not https\n",
    ],
    [
      "a password in the address",
      { AGENT_TRACE_DOWNLOAD_URL: "https://me:secret@releases.example" },
      {},
      "error: the download address holds a user name\n",
    ],
    [
      "no address",
      { AGENT_TRACE_DOWNLOAD_URL: undefined },
      {},
      "error: this script does not know where releases lie\n",
    ],
    [
      "a version that is a path",
      { AGENT_TRACE_VERSION: "../x" },
      {},
      "error: AGENT_TRACE_VERSION is `../x`\n",
    ],
    [
      "no such file",
      { AGENT_TRACE_INSTALL_BINARY: "/nonexistent" },
      {},
      "error: there is no file /nonexistent\n",
    ],
  ])("%s", async (_what, environment, programs, message) => {
    await using there = installScene();
    const PATH = fakes(there.path, programs);
    const { exitCode, stdout, stderr } = await there.run({ environment: { PATH, ...environment } });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("secret");
    expect(installed(there.bin)).toBe(oldProgram);
  });

  downloading(
    "a translated shell on an Apple processor gets the program of that processor",
    async () => {
      await using there = installScene({ "darwin-arm64": programSaying("0.1.0") });
      const PATH = fakes(there.path, {
        ...uname("Darwin", "x86_64"),
        sysctl: 'case "$*" in *sysctl.proc_translated) echo 1 ;; *) exit 1 ;; esac',
        sw_vers: "echo 14.1",
      });
      expect((await there.run({ environment: { PATH } })).exitCode).toBe(0);
      expect(there.release.requests).toContain("agent-trace-darwin-arm64.tar.gz");
    },
  );
});

describe("the directory and PATH:", () => {
  downloading("edits a start file only when asked, and once", async () => {
    await using there = installScene();
    const start = join(there.home, ".bashrc");
    expect((await there.run()).exitCode).toBe(0);
    expect(existsSync(start)).toBe(false);
    for (const _ of [1, 2]) {
      expect((await there.run({ words: ["--modify-path"] })).exitCode).toBe(0);
      expect(readFileSync(start, "utf8")).toBe(
        `export PATH='${there.bin}':"$PATH" # agent-trace\n`,
      );
    }
    const noted = () =>
      JSON.parse(readFileSync(join(there.bin, ".agent-trace-receipt.json"), "utf8")).path_file;
    expect(noted()).toBe(start);
    // An upgrade from a shell that has the directory on PATH: the line is still the script's to take back.
    expect((await there.run()).exitCode).toBe(0);
    expect(noted()).toBe(start);
  });

  downloading("tells a GitHub job of it, once", async () => {
    await using there = installScene();
    const file = join(there.path, "github-path");
    const environment = { GITHUB_PATH: file };
    await there.run({ environment });
    await there.run({ environment });
    expect(readFileSync(file, "utf8")).toBe(`${there.bin}\n`);
  });

  downloading("takes a directory with blanks and quotes of the other kind", async () => {
    await using there = installScene();
    const bin = join(there.path, "it's my bin");
    const { exitCode } = await there.run({ environment: { AGENT_TRACE_INSTALL_DIR: bin } });
    expect(exitCode).toBe(0);
    expect(installed(bin)).toBe(programSaying("0.1.0"));
    expect(installed(there.bin)).toBe(oldProgram);
  });

  downloading("installs a file that is there already, without the network", async () => {
    await using there = installScene();
    const file = join(there.path, "mine");
    writeFileSync(file, programSaying("0.3.0"));
    const { exitCode } = await there.run({ environment: { AGENT_TRACE_INSTALL_BINARY: file } });
    expect(exitCode).toBe(0);
    expect(installed(there.bin)).toBe(programSaying("0.3.0"));
    expect(there.release.requests).toEqual([]);
  });
});

gate("the script is POSIX sh to shellcheck", { needs: ["shellcheck"] }, () => {
  const { exitCode, stdout } = Bun.spawnSync(["shellcheck", "-s", "sh", "install.sh"]);
  expect({ exitCode, stdout: stdout.toString() }).toEqual({ exitCode: 0, stdout: "" });
});

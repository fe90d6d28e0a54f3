import { describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../support/directories.ts";
import { gate } from "../support/gate.ts";
import { type LoopbackRelease, serveRelease, sumsOf } from "../support/loopback-release.ts";

const script = readFileSync("install.sh", "utf8");
const ownTarget = `${process.platform}-${process.arch}`;
const archive = `agent-trace-${ownTarget}.tar.gz`;
const programSaying = (version: string): string => `#!/bin/sh\necho "agent-trace ${version}"\n`;
const oldProgram = programSaying("0.0.9");

const unless =
  Bun.which("curl") === null && Bun.which("wget") === null ? "no curl and no wget" : undefined;
/** A test that lets the script download. */
const downloading = test.skipIf(unless !== undefined);

interface Run {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** A home with an older program in place, a release, and the script. */
function scene(programs: Record<string, string> = { [ownTarget]: programSaying("0.1.0") }) {
  const directory = temporaryDirectory();
  const release = serveRelease(programs);
  const home = join(directory.path, "home");
  const bin = join(home, ".local/bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, "agent-trace"), oldProgram, { mode: 0o755 });
  return {
    path: directory.path,
    release,
    home,
    bin,
    async run({
      shell = ["sh"],
      text = script,
      words = [] as string[],
      environment = {} as Record<string, string | undefined>,
    } = {}): Promise<Run> {
      const file = join(directory.path, "install.sh");
      writeFileSync(file, text);
      const child = Bun.spawn(
        [Bun.which(shell[0] ?? "") ?? "", ...shell.slice(1), file, ...words],
        {
          cwd: directory.path,
          env: {
            PATH: process.env["PATH"],
            HOME: home,
            SHELL: "/bin/bash",
            AGENT_TRACE_DOWNLOAD_URL: release.url,
            ...environment,
          },
          stdin: "ignore",
          stdout: "pipe",
          stderr: "pipe",
        },
      );
      const [stdout, stderr, exitCode] = await Promise.all([
        child.stdout.text(),
        child.stderr.text(),
        child.exited,
      ]);
      return { exitCode, stdout, stderr };
    },
    async [Symbol.asyncDispose]() {
      await release[Symbol.asyncDispose]();
      directory[Symbol.dispose]();
    },
  };
}

const installed = (bin: string): string => readFileSync(join(bin, "agent-trace"), "utf8");

/** A PATH of BusyBox alone: wget, no curl, no bash. */
function busyboxPath(directory: string): string {
  const path = join(directory, "applets");
  mkdirSync(path);
  const { stdout } = Bun.spawnSync(["busybox", "--list"]);
  for (const applet of stdout.toString().trim().split("\n")) {
    symlinkSync(Bun.which("busybox") ?? "", join(path, applet));
  }
  return path;
}

const shells: readonly [string, string[], "curl" | "wget" | "busybox"][] = [
  ["dash", ["dash"], "curl"],
  ["dash", ["dash"], "wget"],
  ["bash", ["bash", "--posix"], "curl"],
  ["busybox", ["busybox", "sh"], "busybox"],
];

/** A PATH without the other downloader. */
function pathWithout(directory: string, program: string): string {
  const path = join(directory, "without");
  mkdirSync(path);
  for (const folder of ["/usr/bin", "/bin"]) {
    for (const name of readdirSync(folder)) {
      if (name !== program && !existsSync(join(path, name))) {
        try {
          symlinkSync(join(folder, name), join(path, name));
        } catch {
          // Named in both folders by a link that leads nowhere.
        }
      }
    }
  }
  return path;
}

for (const [name, shell, downloader] of shells) {
  const needs = [shell[0] ?? "", ...(downloader === "busybox" ? [] : [downloader])];
  gate(`installs under ${name} with ${downloader}`, { needs }, async () => {
    await using there = scene();
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

describe("a broken release is refused and leaves the old version in place:", () => {
  const flip = (content: Uint8Array | string | undefined): Uint8Array => {
    const bytes = Uint8Array.from(content as Uint8Array);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    return bytes;
  };
  const breaks: readonly [string, string, (release: LoopbackRelease) => void][] = [
    [
      "a tampered archive",
      "is not what the release's sums say",
      ({ files }) => files.set(archive, flip(files.get(archive))),
    ],
    [
      "a truncated archive",
      "is not what the release's sums say",
      ({ files }) => files.set(archive, (files.get(archive) as Uint8Array).slice(0, 100)),
    ],
    [
      "tampered sums",
      "is not what the release's sums say",
      ({ files }) => files.set("SHA256SUMS", `${"0".repeat(64)}  ${archive}\n`),
    ],
    ["sums without the archive", "do not name", ({ files }) => files.set("SHA256SUMS", "")],
    ["sums cut short", "do not name", ({ files }) => files.set("SHA256SUMS", "0123")],
    ["no archive", "cannot download", ({ files }) => files.delete(archive)],
    ["no sums", "cannot download", ({ files }) => files.delete("SHA256SUMS")],
    [
      "an archive of something else",
      "cannot unpack",
      ({ files }) => {
        files.set(archive, "<html>please log in</html>");
        files.set("SHA256SUMS", sumsOf(files));
      },
    ],
  ];
  for (const [what, message, spoil] of breaks) {
    for (const [name, shell, downloader] of shells.filter(([, , tool]) => tool !== "wget")) {
      gate(`${what} (${name})`, { needs: [shell[0] ?? ""], unless }, async () => {
        await using there = scene();
        spoil(there.release);
        const environment: Record<string, string> =
          downloader === "busybox" ? { PATH: busyboxPath(there.path) } : {};
        const { exitCode, stdout, stderr } = await there.run({ shell, environment });
        expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
        expect(stderr).toContain("error: ");
        expect(stderr).toContain(message);
        expect(stderr).toContain("\nhint: ");
        expect(readdirSync(there.bin)).toEqual(["agent-trace"]);
        expect(installed(there.bin)).toBe(oldProgram);
      });
    }
  }

  downloading.each([
    ["echo 'agent-trace 0.1.0'; exit 3", "exit code 3", "nothing was installed"],
    ["kill -ILL $$", "exit code 132: illegal instruction", "SSE4.2"],
    [
      "echo 'Error loading shared library libstdc++.so.6: No such file' >&2; exit 127",
      "libstdc++.so.6",
      "apk add libstdc++",
    ],
    ["echo \"x: version 'GLIBC_2.17' not found\" >&2; exit 1", "GLIBC_2.17", "glibc 2.17"],
    ["echo hello", "does not say that it is agent-trace", "nothing was installed"],
  ])("a program that runs `%s`", async (body, message, hint) => {
    await using there = scene({ [ownTarget]: `#!/bin/sh\n${body}\n` });
    const { exitCode, stderr } = await there.run();
    expect(exitCode).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
    expect(readdirSync(there.bin)).toEqual(["agent-trace"]);
    expect(installed(there.bin)).toBe(oldProgram);
  });

  downloading("another version than the one asked for", async () => {
    await using there = scene();
    const { exitCode, stderr } = await there.run({ environment: { AGENT_TRACE_VERSION: "0.2.0" } });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("asked for version 0.2.0");
    expect(installed(there.bin)).toBe(oldProgram);
  });
});

downloading("a script that was cut off anywhere does nothing", async () => {
  await using there = scene();
  const body = script.trimEnd();
  const cuts = Array.from({ length: 40 }, (_, index) => Math.floor((body.length * index) / 40));
  const last = Array.from({ length: 14 }, (_, index) => body.length - index - 1);
  for (const length of [...cuts, ...last]) await there.run({ text: body.slice(0, length) });
  expect(there.release.requests).toEqual([]);
  expect(readdirSync(there.bin)).toEqual(["agent-trace"]);
  expect(installed(there.bin)).toBe(oldProgram);
});

downloading(
  "a script of a release trusts the sums that it carries, not those beside the archive",
  async () => {
    await using there = scene();
    const sums = String(there.release.files.get("SHA256SUMS")).trim();
    const stamped = script
      .replace("release_version=''", "release_version='0.1.0'")
      .replace("release_sums=''", `release_sums='${sums}'`);
    expect((await there.run({ text: stamped })).exitCode).toBe(0);
    expect(there.release.requests).toEqual([archive]);
    there.release.files.set(archive, "other");
    there.release.files.set("SHA256SUMS", sumsOf(there.release.files));
    const { exitCode, stderr } = await there.run({ text: stamped });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("is not what the release's sums say");
  },
);

downloading("a stop in the middle of the download leaves nothing behind", async () => {
  await using there = scene();
  const file = join(there.path, "install.sh");
  writeFileSync(file, script);
  const child = Bun.spawn(["sh", file], {
    env: {
      PATH: process.env["PATH"],
      HOME: there.home,
      AGENT_TRACE_DOWNLOAD_URL: there.release.url,
    },
    stdin: "ignore",
    stderr: "ignore",
    detached: true,
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  there.release.onRequest = (name) => {
    if (name !== archive) return;
    process.kill(-child.pid, "SIGTERM");
    return promise;
  };
  expect(await child.exited).toBe(143);
  resolve();
  expect(readdirSync(there.bin)).toEqual(["agent-trace"]);
  expect(installed(there.bin)).toBe(oldProgram);
});

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
    await using there = scene();
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
      await using there = scene({ "darwin-arm64": programSaying("0.1.0") });
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
    await using there = scene();
    const start = join(there.home, ".bashrc");
    expect((await there.run()).exitCode).toBe(0);
    expect(existsSync(start)).toBe(false);
    for (const _ of [1, 2]) {
      expect((await there.run({ words: ["--modify-path"] })).exitCode).toBe(0);
      expect(readFileSync(start, "utf8")).toBe(
        `export PATH='${there.bin}':"$PATH" # agent-trace\n`,
      );
    }
    const receipt = JSON.parse(readFileSync(join(there.bin, ".agent-trace-receipt.json"), "utf8"));
    expect(receipt.path_file).toBe(start);
  });

  downloading("tells a GitHub job of it, once", async () => {
    await using there = scene();
    const file = join(there.path, "github-path");
    const environment = { GITHUB_PATH: file };
    await there.run({ environment });
    await there.run({ environment });
    expect(readFileSync(file, "utf8")).toBe(`${there.bin}\n`);
  });

  downloading("takes a directory with blanks and quotes of the other kind", async () => {
    await using there = scene();
    const bin = join(there.path, "it's my bin");
    const { exitCode } = await there.run({ environment: { AGENT_TRACE_INSTALL_DIR: bin } });
    expect(exitCode).toBe(0);
    expect(installed(bin)).toBe(programSaying("0.1.0"));
    expect(installed(there.bin)).toBe(oldProgram);
  });

  downloading("installs a file that is there already, without the network", async () => {
    await using there = scene();
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

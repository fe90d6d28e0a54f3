import { test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "./directories.ts";
import { serveRelease } from "./loopback-release.ts";

export const script = readFileSync("install.sh", "utf8");
export const ownTarget = `${process.platform}-${process.arch}`;
export const archive = `agent-trace-${ownTarget}.tar.gz`;
export const programSaying = (version: string): string =>
  `#!/bin/sh\necho "agent-trace ${version}"\n`;
export const oldProgram = programSaying("0.0.9");

export const noDownloader =
  Bun.which("curl") === null && Bun.which("wget") === null ? "no curl and no wget" : undefined;
/** A test that lets the script download. */
export const downloading = test.skipIf(noDownloader !== undefined);

interface Run {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** A home with an older program in place, a release, and the script. */
export function installScene(
  programs: Record<string, string> = { [ownTarget]: programSaying("0.1.0") },
) {
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

export const installed = (bin: string): string => readFileSync(join(bin, "agent-trace"), "utf8");

/** A PATH of BusyBox alone: wget, no curl, no bash. */
export function busyboxPath(directory: string): string {
  const path = join(directory, "applets");
  mkdirSync(path);
  const { stdout } = Bun.spawnSync(["busybox", "--list"]);
  for (const applet of stdout.toString().trim().split("\n")) {
    symlinkSync(Bun.which("busybox") ?? "", join(path, applet));
  }
  return path;
}

export const shells: readonly [string, string[], "curl" | "wget" | "busybox"][] = [
  ["dash", ["dash"], "curl"],
  ["dash", ["dash"], "wget"],
  ["bash", ["bash", "--posix"], "curl"],
  ["busybox", ["busybox", "sh"], "busybox"],
];

/** A PATH without the other downloader. */
export function pathWithout(directory: string, program: string): string {
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

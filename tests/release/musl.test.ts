/** The musl build in a root with musl, put there by the install script. */
import { describe, expect } from "bun:test";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { version } from "../../package.json";
import { builtRelease, withoutRelease } from "../support/built-release.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { gate } from "../support/gate.ts";
import { serveFiles } from "../support/loopback-release.ts";
import { cannotChroot, inRoot } from "../support/own-root.ts";

const minutes = 60_000;

describe("musl", () => {
  const muslRoot = resolve("dist/gates/musl-root");
  const unless =
    cannotChroot ??
    withoutRelease ??
    (existsSync(muslRoot)
      ? undefined
      : "no root with musl: run .ci/make-musl-root dist/gates/musl-root");
  const part = cannotChroot === undefined ? "musl" : "chroot";
  const options = { unless, part, timeout: 5 * minutes } as const;
  const archive = "agent-trace-linux-x64-musl.tar.gz";

  /** A copy of the root, the release served on this machine, and its own install script inside. */
  async function scene() {
    const directory = temporaryDirectory();
    chmodSync(directory.path, 0o755);
    const root = join(directory.path, "root");
    cpSync(muslRoot, root, { recursive: true, verbatimSymlinks: true });
    const built = await builtRelease();
    copyFileSync(join(built, "install.sh"), join(root, "install.sh"));
    const release = serveFiles(
      new Map([archive, "SHA256SUMS"].map((name) => [name, readFileSync(join(built, name))])),
    );
    return {
      root,
      release,
      install: () =>
        inRoot(
          root,
          [
            "/bin/sh",
            "-c",
            `HOME=/root AGENT_TRACE_DOWNLOAD_URL=${release.url} PATH=/bin exec sh /install.sh`,
          ],
          "0:0",
        ),
      async [Symbol.asyncDispose]() {
        await release[Symbol.asyncDispose]();
        directory[Symbol.dispose]();
      },
    };
  }
  const installed = "/root/.local/bin/agent-trace";

  gate("is what install.sh chooses, and it runs", options, async () => {
    await using there = await scene();
    const { exitCode, stdout, stderr } = await there.install();
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "" });
    expect(stderr).toContain(`installed agent-trace ${version}: ${installed}`);
    for (const words of [["--version"], ["version", "--json"], ["push", "--help"]]) {
      const run = await inRoot(there.root, [installed, ...words], "0:0");
      expect({ words, exitCode: run.exitCode, stderr: run.stderr }).toEqual({
        words,
        exitCode: 0,
        stderr: "",
      });
    }
  });

  gate("without libstdc++ is refused with the package to install", options, async () => {
    await using there = await scene();
    renameSync(join(there.root, "usr/lib"), join(there.root, "usr/gone"));
    const { exitCode, stderr } = await there.install();
    expect(exitCode).toBe(1);
    expect(stderr).toContain("apk add libstdc++");
    expect(existsSync(join(there.root, installed))).toBe(false);
  });

  for (const [what, spoil] of [
    ["tampered", (bytes: Uint8Array) => bytes.with(1000, (bytes[1000] ?? 0) ^ 1)],
    ["truncated", (bytes: Uint8Array) => bytes.slice(0, 5000)],
    ["missing", () => undefined],
  ] as const) {
    gate(`a ${what} archive is refused and the old program stays`, options, async () => {
      await using there = await scene();
      const old = join(there.root, installed);
      mkdirSync(dirname(old), { recursive: true });
      copyFileSync(join(there.root, "bin/busybox"), old);
      const bytes = spoil(Uint8Array.from(there.release.files.get(archive) as Uint8Array));
      if (bytes === undefined) there.release.files.delete(archive);
      else there.release.files.set(archive, bytes);
      const { exitCode, stderr } = await there.install();
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/^error: /m);
      expect(readFileSync(old).equals(readFileSync(join(there.root, "bin/busybox")))).toBe(true);
      expect(readdirSync(dirname(old))).toEqual([basename(old)]);
    });
  }
});

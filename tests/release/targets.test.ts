/** The builds for Linux, run as far as this machine can: bare, old, and of another processor. */
import { expect } from "bun:test";
import { chmodSync, copyFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { version } from "../../package.json";
import { builtProgram, withoutRelease } from "../support/built-release.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { gate } from "../support/gate.ts";
import { cannotChroot, inRoot, notHere } from "../support/own-root.ts";
import { compiledProgram } from "../support/program.ts";
import { startProgram } from "../support/start-program.ts";

const minutes = 60_000;

gate(
  "glibc 2.17 is enough, and no other library is needed",
  { needs: ["readelf"], unless: notHere },
  () => {
    const read = (...words: string[]): string =>
      Bun.spawnSync(["readelf", ...words, compiledProgram()]).stdout.toString();
    const versions = [...read("-V").matchAll(/GLIBC_2\.(\d+)/g)].map(([, minor]) => Number(minor));
    expect(Math.max(...versions)).toBeLessThanOrEqual(17);
    expect([...read("-d").matchAll(/NEEDED.*\[(.*)\]/g)].map(([, name]) => name).sort()).toEqual([
      "ld-linux-x86-64.so.2",
      "libc.so.6",
      "libdl.so.2",
      "libm.so.6",
      "libpthread.so.0",
    ]);
  },
);

gate(
  "runs where there is nothing but itself and glibc",
  { unless: cannotChroot, part: "chroot" },
  async () => {
    using directory = temporaryDirectory();
    const root = directory.path;
    chmodSync(root, 0o755);
    for (const [, path = ""] of Bun.spawnSync(["ldd", compiledProgram()])
      .stdout.toString()
      .matchAll(/(\/\S+)/g)) {
      mkdirSync(join(root, dirname(path)), { recursive: true });
      copyFileSync(path, join(root, path));
    }
    mkdirSync(join(root, "proc"));
    copyFileSync(compiledProgram(), join(root, "agent-trace"));
    for (const words of [["--version"], ["version", "--json"], ["--help"], ["push", "--help"]]) {
      const { exitCode, stderr } = await inRoot(root, ["/agent-trace", ...words]);
      expect({ words, exitCode, stderr }).toEqual({ words, exitCode: 0, stderr: "" });
    }
    const { exitCode, stderr } = await inRoot(root, ["/agent-trace", "remote", "list"]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringMatching(/^error: .*\nhint: .*\n$/),
    });
  },
);

gate(
  "runs on a processor of 2008, and not on an older one (control)",
  { needs: ["qemu-x86_64-static"], unless: notHere },
  async () => {
    const on = (cpu: string) =>
      startProgram(["qemu-x86_64-static", "-cpu", cpu, compiledProgram(), "--version"], {
        cwd: "/",
        environment: { PATH: process.env["PATH"] },
      });
    expect(await on("Nehalem")).toEqual({
      exitCode: 0,
      stdout: `agent-trace ${version}\n`,
      stderr: "",
    });
    expect((await on("core2duo")).exitCode).toBe(132);
  },
);

gate(
  "arm64 runs",
  { needs: ["qemu-aarch64-static"], unless: notHere ?? withoutRelease, timeout: 5 * minutes },
  async () => {
    const program = await builtProgram("linux-arm64");
    for (const words of [["--version"], ["version"], ["push", "--help"]]) {
      const { exitCode, stdout } = await startProgram(
        ["qemu-aarch64-static", "-L", "/usr/aarch64-linux-gnu", program, ...words],
        { cwd: "/", environment: { PATH: process.env["PATH"] } },
      );
      expect({ words, exitCode }).toEqual({ words, exitCode: 0 });
      expect(stdout).not.toBe("");
    }
  },
);

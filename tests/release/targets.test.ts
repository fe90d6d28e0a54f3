/** Each target of a release, run or read as far as this machine can. */
import { describe, expect } from "bun:test";
import { createHash } from "node:crypto";
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
import { verifySignature } from "../../release/mach-o.ts";
import { readExecutable } from "../../release/portable-executable.ts";
import { archiveName, programName, targets } from "../../release/targets.ts";
import { version } from "../../package.json";
import { buildRelease, builtRelease, withoutRelease } from "../support/built-release.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { gate } from "../support/gate.ts";
import { serveFiles } from "../support/loopback-release.ts";
import { compiledProgram } from "../support/program.ts";
import { startProgram } from "../support/start-program.ts";

const minutes = 60_000;
const isLinux = process.platform === "linux" && process.arch === "x64";
const programOf = async (name: string): Promise<string> => {
  const target = targets.find((one) => one.name === name);
  if (target === undefined) throw new Error(`no target ${name}`);
  return join(await builtRelease(), name, programName(target));
};

describe("a release", () => {
  gate(
    "is built in under three minutes",
    { unless: withoutRelease, timeout: 5 * minutes },
    async () => {
      const started = performance.now();
      await builtRelease();
      expect(performance.now() - started).toBeLessThan(3 * minutes);
    },
  );

  gate(
    "has the same bytes at another time and place",
    { unless: withoutRelease, timeout: 8 * minutes },
    async () => {
      using other = temporaryDirectory();
      await buildRelease(other.path, {
        TZ: "Asia/Tokyo",
        LC_ALL: "C",
        HOME: process.env["HOME"] ?? "/",
      });
      const sums = (path: string): string => readFileSync(join(path, "SHA256SUMS"), "utf8");
      expect(sums(other.path)).toBe(sums(await builtRelease()));
    },
  );

  gate(
    "consists of archives, scripts, parts and the sums of all of them",
    { unless: withoutRelease, timeout: 5 * minutes },
    async () => {
      const release = await builtRelease();
      const files = readdirSync(release).filter(
        (name) => !targets.some((target) => target.name === name),
      );
      const expected = [
        ...targets.map(archiveName),
        "install.sh",
        "install.ps1",
        "agent-trace.cdx.json",
      ];
      expect(files.sort()).toEqual([...expected, "SHA256SUMS"].sort());
      const sums = expected.sort().map((name) => {
        const sum = createHash("sha256")
          .update(readFileSync(join(release, name)))
          .digest("hex");
        return `${sum}  ${name}\n`;
      });
      expect(readFileSync(join(release, "SHA256SUMS"), "utf8")).toBe(sums.join(""));
      const { components } = JSON.parse(
        readFileSync(join(release, "agent-trace.cdx.json"), "utf8"),
      );
      expect(components.map((part: { name: string }) => part.name)).toContain("citty");
    },
  );

  gate(
    "unpacks to the program, its licence, manual and completions",
    { unless: withoutRelease, timeout: 5 * minutes },
    async () => {
      const { stdout } = await startProgram(
        ["tar", "-tzf", join(await builtRelease(), "agent-trace-linux-x64.tar.gz")],
        {
          cwd: "/",
          environment: { PATH: process.env["PATH"] },
        },
      );
      const folder = "agent-trace-linux-x64";
      expect(stdout.trim().split("\n")).toEqual(
        expect.arrayContaining(
          [
            "agent-trace",
            "LICENSE",
            "THIRD-PARTY-LICENSES",
            "README.md",
            "man/man1/agent-trace.1",
            "man/man1/agent-trace-push.1",
            "completions/agent-trace.bash",
            "completions/_agent-trace",
            "completions/agent-trace.fish",
            "completions/agent-trace.ps1",
          ].map((name) => `${folder}/${name}`),
        ),
      );
    },
  );
});

describe("macOS:", () => {
  for (const name of ["darwin-x64", "darwin-arm64"]) {
    gate(
      `the signature of ${name} is true`,
      { unless: withoutRelease, timeout: 5 * minutes },
      async () => {
        const report = verifySignature(readFileSync(await programOf(name)));
        expect(report.wrongPages).toBe(0);
        expect(report.pages).toBeGreaterThan(10_000);
        expect(report.flags & 2).toBe(2);
        expect(report).toMatchObject({
          coversAllCode: true,
          endsWithFile: true,
          execSegmentIsText: true,
        });
      },
    );
  }

  gate(
    "a changed byte makes one page wrong (control)",
    { unless: withoutRelease, timeout: 5 * minutes },
    async () => {
      const file = readFileSync(await programOf("darwin-x64"));
      file[1_000_000] = (file[1_000_000] ?? 0) ^ 1;
      expect(verifySignature(file).wrongPages).toBe(1);
    },
  );
});

describe("Windows:", () => {
  for (const [name, machine] of [
    ["windows-x64", "x64"],
    ["windows-arm64", "arm64"],
  ] as const) {
    gate(
      `${name} is a console program that needs what every Windows has`,
      { unless: withoutRelease, timeout: 5 * minutes },
      async () => {
        expect(readExecutable(readFileSync(await programOf(name)))).toEqual({
          machine,
          isConsole: true,
          isWhole: true,
          imports: [
            "api-ms-win-core-synch-l1-2-0.dll",
            "bcryptprimitives.dll",
            "kernel32.dll",
            "ntdll.dll",
          ],
        });
      },
    );
  }
});

describe("Linux:", () => {
  const notHere = isLinux ? undefined : "made for linux-x64";
  const cannotChroot =
    notHere ??
    (Bun.which("unshare") !== null && Bun.spawnSync(["unshare", "--mount", "true"]).exitCode === 0
      ? undefined
      : "a chroot with /proc needs root");

  /** Runs words in a root of its own, with /proc and nothing of the environment, as nobody. */
  const inRoot = (root: string, words: readonly string[], user = "65534:65534") =>
    startProgram(
      [
        "unshare",
        "--mount",
        "sh",
        "-c",
        'mount -t proc proc "$0/proc" && user=$1; shift; exec env -i "$(command -v chroot)" --userspec="$user" "$@"',
        root,
        user,
        root,
        ...words,
      ],
      { cwd: "/", environment: { PATH: process.env["PATH"] } },
    );

  gate(
    "glibc 2.17 is enough, and no other library is needed",
    { needs: ["readelf"], unless: notHere },
    () => {
      const read = (...words: string[]): string =>
        Bun.spawnSync(["readelf", ...words, compiledProgram()]).stdout.toString();
      const versions = [...read("-V").matchAll(/GLIBC_2\.(\d+)/g)].map(([, minor]) =>
        Number(minor),
      );
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
      const program = await programOf("linux-arm64");
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
});

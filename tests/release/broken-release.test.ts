import { describe, expect } from "bun:test";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gate } from "../support/gate.ts";
import {
  archive,
  busyboxPath,
  downloading,
  installScene,
  installed,
  noDownloader,
  oldProgram,
  ownTarget,
  script,
  shells,
} from "../support/install-scene.ts";
import { type LoopbackRelease, sumsOf } from "../support/loopback-release.ts";

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
      gate(`${what} (${name})`, { needs: [shell[0] ?? ""], unless: noDownloader }, async () => {
        await using there = installScene();
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
    await using there = installScene({ [ownTarget]: `#!/bin/sh\n${body}\n` });
    const { exitCode, stderr } = await there.run();
    expect(exitCode).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
    expect(readdirSync(there.bin)).toEqual(["agent-trace"]);
    expect(installed(there.bin)).toBe(oldProgram);
  });

  downloading("another version than the one asked for", async () => {
    await using there = installScene();
    const { exitCode, stderr } = await there.run({ environment: { AGENT_TRACE_VERSION: "0.2.0" } });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("asked for version 0.2.0");
    expect(installed(there.bin)).toBe(oldProgram);
  });
});

downloading("a script that was cut off anywhere does nothing", async () => {
  await using there = installScene();
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
    await using there = installScene();
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
  await using there = installScene();
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

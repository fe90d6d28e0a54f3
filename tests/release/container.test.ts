/** The Dockerfile's steps, in a root of their own over this machine's: there is no container engine in CI. */
import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { builtRelease, withoutRelease } from "../support/built-release.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { freePort } from "../support/free-port.ts";
import { gate } from "../support/gate.ts";
import { administratorPath } from "../support/own-root.ts";
import { startProgram } from "../support/start-program.ts";

const dockerfile = readFileSync("Dockerfile", "utf8").replaceAll("\\\n", " ");
const instructions = (name: string): string[] =>
  [...dockerfile.matchAll(new RegExp(`^\\s*${name} (.*)$`, "gm"))].map(([, rest = ""]) => rest);
const exec = (json: string | undefined): string[] => JSON.parse(json ?? "[]") as string[];
const quote = (words: readonly string[]): string =>
  words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");

const [unpack = "", prepare = ""] = instructions("RUN");
const health = exec(/^HEALTHCHECK.*CMD (\[.*\])$/m.exec(dockerfile)?.[1]);
const command = exec(instructions("CMD").at(-1));
const [user = ""] = instructions("USER");

test("the image does not run as root and keeps its data in a volume", () => {
  expect(user).toBe("10001:10001");
  expect(instructions("VOLUME")).toEqual(["/data"]);
  expect(instructions("ENV")).toEqual([`HOME=/data PORT=${instructions("EXPOSE").join()}`]);
  expect(command).toEqual(["agent-trace", "serve", "--host", "0.0.0.0", "--data", "/data"]);
});

const canMount =
  Bun.which("unshare") !== null && Bun.spawnSync(["unshare", "--mount", "true"]).exitCode === 0;

gate(
  "the container's steps make a service that is healthy until it is stopped",
  {
    unless:
      withoutRelease ??
      (canMount && process.arch === "x64" ? undefined : "needs mounts of its own, on x64"),
    part: "chroot",
    timeout: 300_000,
  },
  async () => {
    using directory = temporaryDirectory();
    const release = await builtRelease();
    const port = freePort();
    const inside = (words: string): string =>
      `env -i PATH=/usr/local/bin:/usr/bin:/bin HOME=/data PORT=${port} ADMIN_SECRET= "$chroot" --userspec=${user} root ${words}`;
    const script = join(directory.path, "steps.sh");
    writeFileSync(
      script,
      [
        "set -euo pipefail",
        "chroot=$(command -v chroot)",
        'here=$PWD && mount -t tmpfs none "$here" && cd "$here"',
        "mkdir upper work root",
        "mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work root",
        "mount -t proc proc root/proc && mount --bind /dev root/dev",
        `unpack() { chroot root env TARGETARCH=amd64 sh -c ${quote([`cd /release && ${unpack}`])}; }`,
        `mkdir -p root/release && cp ${quote([join(release, "SHA256SUMS"), join(release, "agent-trace-linux-x64.tar.gz")])} root/release`,
        "sed -i.true 's/^......../00000000/' root/release/SHA256SUMS",
        "unpack >/dev/null 2>&1 && echo 'unpacked what the sums do not know'",
        "mv root/release/SHA256SUMS.true root/release/SHA256SUMS && unpack",
        "mv root/agent-trace root/usr/local/bin/agent-trace",
        `chroot root sh -c ${quote([prepare])}`,
        "mkfifo lines",
        `${inside(quote(command))} >lines 2>log & server=$!`,
        'exec 4<lines; read -r line <&4; echo "said: $line"',
        `${inside(quote(health))} && echo healthy`,
        "stat -c 'runs as %u' /proc/$server",
        "stat -c 'data of %u, mode %a' root/data/service.db",
        "kill -TERM $server; wait $server && echo 'ended with 0'",
        `${inside(quote(health))} 2>/dev/null || echo 'no longer healthy'`,
      ].join("\n"),
    );
    const { exitCode, stdout, stderr } = await startProgram(
      ["unshare", "--mount", "bash", script],
      {
        cwd: directory.path,
        environment: { PATH: administratorPath },
        timeout: 60_000,
      },
    );
    expect({ exitCode, stderr, stdout: stdout.trim().split("\n").slice(2) }).toEqual({
      exitCode: 0,
      stderr: "",
      stdout: [
        `said: Listening on http://0.0.0.0:${port}`,
        "healthy",
        "runs as 10001",
        "data of 10001, mode 600",
        "ended with 0",
        "no longer healthy",
      ],
    });
  },
);

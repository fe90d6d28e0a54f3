import { startProgram } from "./start-program.ts";

const isLinux = process.platform === "linux" && process.arch === "x64";
export const notHere = isLinux ? undefined : "made for linux-x64";
export const cannotChroot =
  notHere ??
  (Bun.which("unshare") !== null && Bun.spawnSync(["unshare", "--mount", "true"]).exitCode === 0
    ? undefined
    : "a chroot with /proc needs root");

/** Where programs of the administrator lie too: `chroot` is in a directory that not every PATH names. */
export const administratorPath = `${process.env["PATH"]}:/usr/sbin:/sbin`;

/** Runs words in a root of its own, with /proc and nothing of the environment, as nobody. */
export const inRoot = (root: string, words: readonly string[], user = "65534:65534") =>
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
    { cwd: "/", environment: { PATH: administratorPath } },
  );

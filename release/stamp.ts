import { $ } from "bun";
import type { Stamp } from "./compile.ts";

/** Version, commit and time of the source; the time, in seconds since 1970, is that of every file of a release. */
export async function readStamp(version: string): Promise<Stamp & { readonly time: number }> {
  const git = async (...words: string[]): Promise<string> =>
    (await $`git ${words}`.nothrow().quiet().text()).trim();
  const [commit, changes, time] = await Promise.all([
    git("rev-parse", "--verify", "HEAD"),
    git("status", "--porcelain", "--untracked-files=no"),
    git("log", "-1", "--format=%ct"),
  ]);
  const epoch = Number(process.env["SOURCE_DATE_EPOCH"] ?? time);
  return {
    version,
    commit: commit === "" ? "unknown" : changes === "" ? commit : `${commit}-dirty`,
    time: epoch > 0 ? epoch : Date.UTC(2026, 0) / 1000,
  };
}

import { statSync } from "node:fs";
import { join } from "node:path";
import type { Project } from "../projects/find-project.ts";

const everyMilliseconds = 700;

/**
 * Calls back when a record was added, an edit is pending or HEAD moved. Files are looked at and not listened to: a
 * few calls of `stat` cost nothing, and every system and network disk has them.
 */
export function watchProject(
  { paths, git }: Project,
  changed: () => void,
  signal: AbortSignal,
): void {
  const { repository } = git;
  const files = [
    paths.traces,
    paths.ledgers,
    paths.commitLinks,
    join(repository.gitDir, "HEAD"),
    join(repository.gitDir, "logs/HEAD"),
  ];
  const look = (): string =>
    files
      .map((file) => {
        const stats = statSync(file, { throwIfNoEntry: false });
        return stats === undefined ? "" : `${stats.ino} ${stats.size} ${stats.mtimeMs}`;
      })
      .join();
  let last = look();
  const timer = setInterval(() => {
    const now = look();
    if (now === last) return;
    last = now;
    changed();
  }, everyMilliseconds);
  signal.addEventListener("abort", () => clearInterval(timer));
}

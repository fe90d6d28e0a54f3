/** `report` over ten thousand commits, with the first reading of the records and after it. */
import { rmSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { ProjectId } from "../../src/schema/ids.ts";
import { projectPaths } from "../../src/store/files/paths.ts";
import { importHistory, largeHistory } from "../support/large-history.ts";
import { measureInTurn } from "./measure.ts";
import { type Figure, ms } from "./report.ts";
import { binary, makeScene } from "./scene.ts";

const commits = 10_000;

export async function measureHistory(directory: string): Promise<Figure[]> {
  const { env, repository: cwd, projectDirectory, git } = makeScene(directory);
  const home = dirname(dirname(projectDirectory));
  const project = projectPaths(home, basename(projectDirectory) as ProjectId);
  // The history stands beside the first commit, from which the range is counted.
  git("checkout", "-q", "--orphan", "first");
  git("commit", "-q", "--allow-empty", "-m", "first");
  git("branch", "-qD", "main");
  importHistory(largeHistory(commits), { repo: cwd, project });
  const forget = (): void => {
    for (const end of ["", "-wal", "-shm"]) rmSync(`${project.index}${end}`, { force: true });
  };
  const all = { command: [binary, "report", "first..main", "--json"], cwd, env };
  const log = ["git", "log", "--numstat", "--format=%H", "main"];
  const [floor, first, again] = measureInTurn(
    [{ command: log, cwd, env }, { ...all, before: forget }, all],
    3,
  );
  return [first, again].map((one, at) => ({
    name: `report of ${commits.toLocaleString("en")} commits, ${at === 0 ? "first reading of the records" : "after it"}`,
    measured: ms(one?.p50 ?? 0),
    floor: `${ms(floor?.p50 ?? 0)} git log --numstat`,
    goal: "≤ 3,000 ms",
    met: (one?.p50 ?? Infinity) <= 3000,
  }));
}

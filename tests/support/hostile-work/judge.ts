/** Compares what is claimed with what the shadow knows. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Ledger } from "../../../src/schema/ledger.ts";
import { type Line, bareText, cutLines, isOfAgent } from "./line.ts";
import type { Scene } from "./scene.ts";

function ledgerOf(scene: Scene, sha: string): Ledger | undefined {
  const projects = join(scene.home, ".agent-trace", "projects");
  const [project = ""] = readdirSync(projects);
  let text = "";
  try {
    text = readFileSync(join(projects, project, "ledgers.jsonl"), "utf8");
  } catch {
    // No line of an agent's has been committed yet.
  }
  const row = cutLines(text).findLast((line) => line.includes(`"commit_sha":"${sha}"`));
  return row === undefined ? undefined : (JSON.parse(row) as Ledger);
}

/** The commits that HEAD has since, each by its ledger, oldest first. */
export async function judgeSince(scene: Scene, since: string): Promise<void> {
  const range = ["git", "rev-list", "--first-parent", "--reverse", `${since}..HEAD`];
  const commits = cutLines(await scene.run(range));
  for (const [index, sha] of commits.entries()) {
    const steps = commits.length - 1 - index;
    await judgeCommit(scene, sha, steps === 0 ? "HEAD" : `HEAD~${steps}`);
  }
}

/** HEAD, by its ledger. */
export async function judgeHead(scene: Scene): Promise<void> {
  await judgeCommit(scene, scene.head(), "HEAD");
}

/** `name` is the commit's name in both repositories. */
async function judgeCommit(scene: Scene, sha: string, name: string): Promise<void> {
  const ledger = ledgerOf(scene, sha);
  const patch = await scene.run([
    "git",
    "show",
    "--format=",
    "--unified=0",
    "-m",
    "--first-parent",
    "-M",
    sha,
  ]);
  // What a parent has is its own commit's to claim, and of two equal lines git may call the older one new.
  const older = (await scene.shadow.idsIn(`${name}^`)).union(await scene.shadow.idsIn(`${name}^2`));
  for (const [path, added] of addedIn(patch)) {
    const lines = (await scene.shadow.file(`${name}:${path}`)) ?? [];
    const isClaimed = claimsOf(ledger, path);
    const judge = (at: number): Judged[] => {
      const line = lines[at - 1];
      return line === undefined
        ? []
        : [{ line, at, isClaimed: isClaimed(at), isOld: older.has(line.id) }];
    };
    const isAdded = new Set(added);
    // Lines that the commit has put there though git takes them for old ones.
    const passed = lines.flatMap((_, at) => (isAdded.has(at + 1) ? [] : judge(at + 1)));
    const judged = withoutSwaps(
      added.flatMap(judge),
      passed.filter(({ isOld }) => !isOld),
    );
    for (const one of judged) {
      if (one.line.hand === "agent" && one.isOld) continue;
      weigh(scene, one, () => `${sha.slice(0, 7)} ${path}:${around(lines, one.at, isClaimed)}`);
    }
  }
}

/** The lines that a patch adds, 1-based, by path. */
function addedIn(patch: string): Map<string, number[]> {
  const files = new Map<string, number[]>();
  let added: number[] = [];
  for (const line of patch.split("\n")) {
    if (line.startsWith("+++ ")) {
      added = [];
      if (line.startsWith("+++ b/")) files.set(line.slice(6), added);
    }
    const [, start, count = "1"] = /^@@ -\S+ \+(\d+)(?:,(\d+))? @@/.exec(line) ?? [];
    for (let at = 0; start !== undefined && at < Number(count); at++)
      added.push(Number(start) + at);
  }
  return files;
}

interface Judged {
  readonly line: Line;
  readonly at: number;
  readonly isClaimed: boolean;
  /** A parent has it already. */
  readonly isOld: boolean;
}

/** So many lines apart, equal ones can slide past each other. */
const near = 12;

/**
 * Of equal lines that stand close to each other, one of a person's may be claimed in the place of an agent's. Where git
 * says that the commit added an old line, and takes an equal one of an agent's for old, that one may be claimed for it.
 */
function withoutSwaps(judged: readonly Judged[], passed: readonly Judged[]): Judged[] {
  const isFree = ({ line, isClaimed }: Judged): boolean => isOfAgent(line) && !isClaimed;
  const spare = new Set(judged.filter(isFree));
  const mistaken = new Set(passed.filter(isFree));
  const swapped = new Set<Judged>();
  for (const one of judged) {
    if (!one.isClaimed || isOfAgent(one.line)) continue;
    const isEqual = ({ line }: Judged): boolean => bareText(line) === bareText(one.line);
    const beside = [...spare].find(
      (other) => isEqual(other) && Math.abs(other.at - one.at) <= near,
    );
    const other = beside ?? (one.isOld ? [...mistaken].find(isEqual) : undefined);
    if (other === undefined) continue;
    spare.delete(other);
    mistaken.delete(other);
    swapped.add(other).add(one);
  }
  return judged.map((one) => (swapped.has(one) ? { ...one, isClaimed: !one.isClaimed } : one));
}

function claimsOf(ledger: Ledger | undefined, path: string): (line: number) => boolean {
  const claims = ledger?.files[path]?.line_attributions ?? [];
  return (line) => claims.some((claim) => claim.start_line <= line && line <= claim.end_line);
}

/** A line and what stands around it, for whoever looks into a fault. */
function around(lines: readonly Line[], at: number, isClaimed: (line: number) => boolean): string {
  const from = Math.max(0, at - 6);
  const shown = lines.slice(from, at + 5).map(({ hand, text }, index) => {
    const number = from + index + 1;
    const said = isClaimed(number) ? "AI" : "--";
    return `    ${number === at ? ">" : " "}${number} ${hand} ${said} ${JSON.stringify(text)}`;
  });
  return [at, ...shown].join("\n");
}

function weigh(scene: Scene, { line, isClaimed }: Judged, where: () => string): void {
  const { tally } = scene;
  if (line.hand === "either") return;
  if (line.hand === "agent") {
    tally.agent++;
    if (isClaimed) tally.agentClaimed++;
  } else {
    tally.others++;
    if (scene.written.has(line.text)) tally.othersAlike++;
    if (isClaimed) tally.othersClaimed++;
  }
  if ((line.hand === "agent") !== isClaimed) {
    tally.faults.push(`${line.hand} ${scene.lately()} in ${where()}`);
  }
}

/** What people are told: nothing is claimed of which no agent ever wrote the like. */
export async function judgeBlame(scene: Scene): Promise<void> {
  for (const [path, lines] of scene.files) {
    const isThere = (await scene.shadow.file(`HEAD:${path}`)) !== undefined;
    if (!isThere || lines.length === 0) continue;
    const { attributions } = JSON.parse(await scene.ask("blame", "--json", path)) as {
      attributions: { start_line: number; end_line: number }[];
    };
    for (const { start_line, end_line } of attributions) {
      for (const { text, hand } of lines.slice(start_line - 1, end_line)) {
        if (hand === "either" || scene.written.has(text)) continue;
        scene.tally.othersClaimed++;
        scene.tally.faults.push(`blame ${hand} ${scene.lately()} in ${path}: ${text}`);
      }
    }
  }
}

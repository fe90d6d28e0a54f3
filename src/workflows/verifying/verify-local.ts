import type { Context } from "../../context.ts";
import { type Objects, openObjects } from "../../git/open-objects.ts";
import { rowResources } from "../../schema/resource.ts";
import type { ProjectPaths } from "../../store/files/paths.ts";
import { verifySnapshots } from "../../store/transcripts/verify-snapshots.ts";
import { type LedgerExtent, ledgerExtents, verifyRecords } from "../../store/verify-records.ts";
import { count, plural } from "../../terminal/text.ts";
import type { StoredProject } from "../projects/find-project.ts";
import type { Check, Problem } from "./check.ts";

/** A file of more bytes than this is not read to count its lines. */
const largestFile = 64 * 1024 * 1024;

/** What this machine keeps of a project, each part against what it should be. Reads all of it, and changes nothing. */
export async function verifyLocal(
  context: Context,
  { paths, git }: StoredProject,
): Promise<Check[]> {
  const records = recordChecks(paths);
  const snapshots = snapshotChecks(context, paths);
  const extents = ledgerExtents(paths);
  if (git === undefined) return [...records, ...snapshots, unread(extents)];
  await using objects = openObjects(git);
  return [...records, ...snapshots, await ledgerCheck(objects, extents)];
}

function recordChecks(project: ProjectPaths): Check[] {
  const files = rowResources.map((resource) => verifyRecords(project, resource));
  const torn = files.flatMap(({ name, unreadable }) =>
    unreadable.map((offset) =>
      problem(`${name}, byte ${offset}`, "unreadable_line", "a line that is no record"),
    ),
  );
  const twice = files.flatMap(({ name, repeated }) =>
    repeated.map((id) =>
      problem(
        `${name}, ${id}`,
        "repeated_id",
        "an id that stands there more than once; the first counts",
      ),
    ),
  );
  const told = files.map(({ name, records }) => `${name} ${count(records)}`).join(", ");
  return [
    { name: "records", summary: told, problems: torn },
    { name: "ids", summary: "each record has its own", problems: twice },
  ];
}

function snapshotChecks({ terminal }: Context, project: ProjectPaths): Check[] {
  const progress = terminal.startProgress("Verifying transcripts");
  let bytes = 0;
  const check = verifySnapshots(project, terminal.warn, (more, done) => {
    bytes += more;
    progress.report({ title: "Verifying", unit: "snapshots", done, total: undefined, bytes });
  });
  progress.end();
  const damaged = check.damaged.map((blob) =>
    problem(blob, "damaged_snapshot", "its bytes are not those of its name"),
  );
  const wrong = check.wrongNames.map(({ conversationId, blob }) =>
    problem(blob, "wrong_beginning", `conversation ${conversationId} does not begin with it`),
  );
  const lost = check.unresolved.map(({ conversationId, blob }) =>
    problem(conversationId, "missing_snapshot", `its snapshot ${blob} is not here`),
  );
  const names =
    check.names === 0 ? "" : `, ${plural(check.names, "earlier name")} answered from them`;
  return [
    {
      name: "snapshots",
      summary: `${count(check.snapshots)} with the bytes of their names${names}`,
      problems: [...damaged, ...wrong],
    },
    {
      name: "pointers",
      summary: `${plural(check.pointers, "conversation")} with a snapshot`,
      problems: lost,
    },
  ];
}

function unread(extents: readonly LedgerExtent[]): Check {
  const summary = `${plural(extents.length, "ledger")}, not compared: the repository was not found`;
  return { name: "ledgers", summary, problems: [] };
}

/** Whether ledgers claim lines that their commits have. Of a commit that is not in this clone nothing can be said. */
async function ledgerCheck(objects: Objects, extents: readonly LedgerExtent[]): Promise<Check> {
  const problems: Problem[] = [];
  let elsewhere = 0;
  for (const { commit, lastLines } of extents) {
    const isHere =
      /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit) && (await objects.read(`${commit}^{commit}`));
    if (!isHere) elsewhere++;
    else {
      for (const [path, last] of lastLines) {
        const reason = await reachesTooFar(objects, `${commit}:${path}`, last);
        if (reason !== undefined)
          problems.push(problem(`${commit.slice(0, 7)} ${path}`, "ledger_outside_file", reason));
      }
    }
  }
  const rest = elsewhere === 0 ? "" : `, ${count(elsewhere)} of commits that are not in this clone`;
  return {
    name: "ledgers",
    summary: `${count(extents.length)} within their files${rest}`,
    problems,
  };
}

async function reachesTooFar(
  objects: Objects,
  name: string,
  last: number,
): Promise<string | undefined> {
  // The question is one line; git is asked for nothing that would be two.
  const file = name.includes("\n") ? undefined : await objects.read(name, largestFile);
  if (file === undefined || file.type !== "blob")
    return last === 0 ? undefined : "the commit has no such file, or one above 64 MiB";
  const lines = linesOf(file.content);
  return last > lines ? `claims line ${last} of ${lines}` : undefined;
}

function linesOf(content: Uint8Array): number {
  let lines = 0;
  for (let at = content.indexOf(0x0a); at >= 0; at = content.indexOf(0x0a, at + 1)) lines++;
  return content.length > 0 && content.at(-1) !== 0x0a ? lines + 1 : lines;
}

function problem(subject: string, code: string, message: string): Problem {
  return { subject, code, message };
}

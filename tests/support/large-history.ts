import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProjectPaths } from "../../src/store/files/paths.ts";
import type { Ledger } from "../../src/schema/ledger.ts";
import type { Trace } from "../../src/schema/trace.ts";
import { hashLine } from "../../src/schema/digest.ts";
import { type Random, seeded } from "./random.ts";

/** A history with files of every kind, as `git fast-import` takes it, and what is recorded of some of its commits. */
export interface LargeHistory {
  readonly stream: Buffer;
  /** By the commit's mark; its id is known once git has it. */
  readonly ledgers: ReadonlyMap<number, Omit<Ledger, "commit_sha">>;
  readonly traces: readonly Trace[];
}

const attributes = "gen/** linguist-generated\nvendor/** linguist-vendored\n*.nodiff -diff\n";
const agents = ["claude-code", "cursor", "codex"];
const firstTime = 1_700_000_000;

interface Change {
  readonly path: string;
  readonly mode?: string;
  readonly content?: string | Uint8Array;
  readonly renamedFrom?: string;
  readonly link?: string;
}

/** Kinds of commits, in turn: of text, of bytes, made by programs, brought by others, moved, removed and so on. */
const kinds: readonly ((at: number, random: Random) => readonly Change[])[] = [
  (at, random) => [{ path: `src/a${at % 40}.ts`, content: lines(at, 1 + random.below(30)) }],
  (at, random) => [{ path: `src/a${random.below(40)}.ts`, content: lines(at, random.below(25)) }],
  (at) => [{ path: `img/${at % 9}.png`, content: Buffer.from(`\0\x01binary ${at}\n\0`) }],
  (at, random) => [{ path: `gen/${at % 7}.ts`, content: lines(at, 5 + random.below(40)) }],
  (at, random) => [{ path: `vendor/${at % 5}.js`, content: lines(at, 5 + random.below(80)) }],
  (at) => [{ path: `docs/ünïcode "quoted" ${at % 6}.md`, content: lines(at, 7) }],
  (at) => [{ path: `src/crlf${at % 3}.ts`, content: lines(at, 9).replaceAll("\n", "\r\n") }],
  (at) => [{ path: `src/long${at % 3}.txt`, content: `${"x".repeat(20_000)} ${at}\nend` }],
  (at) => [{ path: `link${at % 2}`, mode: "120000", content: `src/a${at % 40}.ts` }],
  (at) => [{ path: "module", mode: "160000", link: (at + 1).toString(16).padStart(40, "0") }],
  (at) => [{ path: `bin/run${at % 4}`, mode: at % 8 < 4 ? "100755" : "100644", content: "#!\n" }],
  (at) => [{ path: `x${at % 5}.nodiff`, content: lines(at, 4) }],
  () => [],
  (at, random) => [
    { path: "__proto__", content: lines(at, 3) },
    { path: `src/deep/${"d/".repeat(20)}f.ts`, content: lines(at, 1 + random.below(4)) },
  ],
  (at) => [{ path: `moved/m${at}.ts`, renamedFrom: "rename", content: "" }],
];

const lines = (at: number, count: number): string =>
  Array.from({ length: count }, (_, line) => `const v${at}_${line} = ${line * 7};\n`).join("");

/** `count` commits on `main`, one in thirty of them a merge of a side branch. The same seed makes the same history. */
export function largeHistory(count: number, seed = 1): LargeHistory {
  const random = seeded(seed);
  const parts: (string | Uint8Array)[] = [];
  const ledgers = new Map<number, Omit<Ledger, "commit_sha">>();
  const traces: Trace[] = [];
  let mark = 0;
  let movable = "";
  const commit = (about: { parents: readonly number[]; changes: readonly Change[] }): number => {
    mark++;
    const time = firstTime + mark * 60;
    const person = `person${mark % 7} <p${mark % 7}@example.com> ${time} +0000`;
    const message = `commit ${mark}`;
    const [first, second] = about.parents;
    parts.push(
      `commit refs/heads/main\nmark :${mark}\nauthor ${person}\ncommitter ${person}\ndata ${message.length}\n${message}\n`,
    );
    if (first !== undefined) parts.push(`from :${first}\n`);
    if (second !== undefined) parts.push(`merge :${second}\n`);
    for (const change of about.changes) parts.push(...written(change));
    parts.push("\n");
    return mark;
  };
  let head = commit({
    parents: [],
    changes: [
      { path: ".gitattributes", content: attributes },
      { path: "moved/m0.ts", content: lines(0, 12) },
    ],
  });
  movable = "moved/m0.ts";
  for (let at = 1; at < count; at++) {
    const make = kinds[at % kinds.length] ?? (() => []);
    const changes = make(at, random).map((change) => {
      if (change.renamedFrom === undefined) return change;
      const renamed = { path: change.path, renamedFrom: movable };
      movable = change.path;
      return renamed;
    });
    if (at % 30 === 29) {
      const side = commit({
        parents: [head],
        changes: [{ path: `side/s${at}.ts`, content: lines(at, 6) }],
      });
      const other = commit({ parents: [head], changes });
      head = commit({
        parents: [other, side],
        changes: [{ path: `side/s${at}.ts`, content: lines(at, 6) }],
      });
      at += 2;
    } else head = commit({ parents: [head], changes });
    if (random.below(3) > 0) record(head, changes);
  }
  return {
    stream: Buffer.concat(parts.map((part) => Buffer.from(part as string))),
    ledgers,
    traces,
  };

  /** Claims some lines of each text; some of them lie beyond its end, or overlap, as a stranger's might. */
  function record(of: number, changes: readonly Change[]): void {
    const id = `trace-${of}`;
    const time = new Date((firstTime + of * 60) * 1000).toISOString();
    const files: Ledger["files"] = {};
    for (const { path, content } of changes) {
      if (typeof content !== "string") continue;
      const end = content.split("\n").length - 1 + (of % 11 === 0 ? 3 : 0);
      const start = 1 + random.below(Math.max(1, end));
      const segment = {
        start_line: start,
        end_line: Math.max(start, end),
        type: "ai",
        trace_id: id,
        ...(of % 4 === 0 ? {} : { model_id: `acme/model-${of % 3}` }),
      };
      Object.defineProperty(files, path, {
        value: {
          line_attributions: of % 13 === 0 ? [segment, { ...segment, start_line: 1 }] : [segment],
        },
        enumerable: true,
      });
    }
    ledgers.set(of, {
      version: "2.0",
      committed_at: time,
      created_at: of % 5 === 0 ? new Date(Date.parse(time) + 86_400_000).toISOString() : time,
      trace_ids: [id],
      files,
    });
    if (of % 6 === 0) return;
    const range = {
      start_line: 1,
      end_line: 1,
      line_hashes: [{ line_offset: 0, hash: hashLine(`${of}`) }],
    };
    traces.push({
      version: "0.1",
      id,
      timestamp: time,
      tool: { name: agents[of % agents.length] ?? "" },
      files: [{ path: "src/a.ts", conversations: [{ ranges: [range] }] }],
    });
  }
}

function written({
  path,
  mode = "100644",
  content,
  renamedFrom,
  link,
}: Change): (string | Uint8Array)[] {
  const name = JSON.stringify(path).replaceAll(/[\u0080-\uffff]+/g, (text) => text);
  if (renamedFrom !== undefined) return [`R ${JSON.stringify(renamedFrom)} ${name}\n`];
  if (link !== undefined) return [`M ${mode} ${link} ${name}\n`];
  const bytes = Buffer.from((content ?? "") as string);
  return [`M ${mode} inline ${name}\ndata ${bytes.length}\n`, bytes, "\n"];
}

/** Makes the history in an empty repository and what is known of it in its project; gives the ids of all commits. */
export function importHistory(
  { stream, ledgers, traces }: LargeHistory,
  at: { readonly repo: string; readonly project: ProjectPaths },
): readonly string[] {
  const marks = join(at.repo, ".git", "marks");
  const { exitCode, stderr } = Bun.spawnSync(
    ["git", "fast-import", "--quiet", "--done", `--export-marks=${marks}`],
    { cwd: at.repo, stdin: Buffer.concat([stream, Buffer.from("done\n")]) },
  );
  if (exitCode !== 0) throw new Error(stderr.toString());
  // Attributes are those of the work tree.
  Bun.spawnSync(["git", "checkout", "--quiet", "--force", "main"], { cwd: at.repo });
  Bun.spawnSync(["git", "reset", "--quiet", "--hard", "main"], { cwd: at.repo });
  const ids: string[] = [];
  for (const line of readFileSync(marks, "utf8").trim().split("\n")) {
    const [mark = "", id = ""] = line.slice(1).split(" ");
    ids[Number(mark)] = id;
  }
  const text = (values: readonly object[]): string =>
    values.map((value) => `${JSON.stringify(value)}\n`).join("");
  mkdirSync(at.project.directory, { recursive: true });
  writeFileSync(at.project.traces, text(traces));
  const signed = [...ledgers].map(([mark, ledger]) => ({ ...ledger, commit_sha: ids[mark] ?? "" }));
  writeFileSync(at.project.ledgers, text(signed));
  return ids.slice(1);
}

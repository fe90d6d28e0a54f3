import { expect } from "bun:test";
import { factsOf } from "../../src/service/derived/row-facts.ts";
import type { Project, Records } from "../../src/service/records.ts";
import type { Resource } from "../../src/schema/resource.ts";
import { type RecordsScene, acme, sceneOver } from "./records-scene.ts";

export const umbrella = { id: "umbrella-id", slug: "umbrella", name: "Umbrella" };
export const day = 86_400_000_000;
export const start = Date.UTC(2026, 0, 5) * 1000;
export const time = (at: number): string => new Date(at / 1000).toISOString();
export const sha = (n: number): string => String(n).repeat(40).slice(0, 40);

export const trace = (id: string, conversation: string | undefined, at = start): object => ({
  id,
  timestamp: time(at),
  tool: { name: "claude-code" },
  files: [
    {
      path: "src/a.ts",
      conversations: [
        {
          contributor: { type: "ai", model_id: "anthropic/claude-sonnet-4-5" },
          ranges: [],
          ...(conversation === undefined ? {} : { id: conversation }),
        },
      ],
    },
  ],
});

export const ledger = (commit: number, conversation: string | undefined, path = "src/a.ts") => ({
  commit_sha: sha(commit),
  parent_sha: commit === 1 ? null : sha(commit - 1),
  committed_at: time(start + commit * day),
  created_at: time(start + commit * day + 1_000_000),
  trace_ids: ["t1"],
  files: {
    [path]: {
      line_attributions: [
        [1, 3],
        [10, 10],
      ].map(([start_line, end_line]) => ({
        start_line,
        end_line,
        type: "ai",
        trace_id: "t1",
        model_id: "m",
        ...(conversation === undefined ? {} : { conversation_id: conversation }),
      })),
    },
  },
});

/** Stores rows as a request would. */
export async function put(
  records: Records,
  { org_id: orgId, project_id: projectId }: Project,
  { resource, key, items }: { resource: Resource; key: string; items: readonly object[] },
): Promise<void> {
  const rows = items.map((item) => {
    const name = String((item as Record<string, unknown>)[key]);
    const blob = (item as { content_sha256?: string }).content_sha256;
    return {
      key: resource === "summaries" ? JSON.stringify([name, time(start)]) : name,
      text: JSON.stringify(item),
      facts: factsOf(resource, name, item),
      ...(blob === undefined ? {} : { blob: { id: blob as never, size: 1 } }),
    };
  });
  await records.store({ orgId, projectId }, [{ resource, rows }], { writer: "ada" });
}

async function projectOf(records: Records, org: string): Promise<Project> {
  const found = await records.project({ orgId: org, projectId: "app" });
  if (found === undefined) throw new Error("no project");
  return found;
}

/** Two orgs with a project of the same name; acme's has a conversation, three commits and their counts. */
export async function derivedScene(makeScene: () => Promise<RecordsScene>) {
  const scene = await sceneOver(makeScene, () => start + 30 * day);
  const { records } = scene;
  await records.createOrg(umbrella);
  await records.createProject({
    org_id: umbrella.id,
    project_id: "app",
    name: null,
    description: null,
    created_at: 7,
  });
  const own = await projectOf(records, acme.id);
  const other = await projectOf(records, umbrella.id);
  const rows = { resource: "traces", key: "id" } as const;
  await put(records, own, { ...rows, items: [trace("t1", "c1"), trace("t2", "c1", start + day)] });
  await put(records, own, {
    resource: "ledgers",
    key: "commit_sha",
    items: [ledger(1, "c1"), ledger(2, undefined, "src/b%.ts")],
  });
  await put(records, own, {
    resource: "commit_links",
    key: "commit_sha",
    items: [{ commit_sha: sha(2), committed_at: time(start + 2 * day) }],
  });
  await put(records, own, {
    resource: "conversations",
    key: "conversation_id",
    items: [{ conversation_id: "c1", content_sha256: "ab", updated_at: time(start) }],
  });
  await put(records, own, {
    resource: "summaries",
    key: "conversation_id",
    items: [{ conversation_id: "c1", created_at: time(start), summary: "Settings are Parsed" }],
  });
  await records.derived.noteCommits(own, [
    {
      sha: sha(1),
      parents: [],
      at: start + day,
      files: [
        { path: "src/a.ts", added: 12, apart: null },
        { path: "logo\u0001.png", added: null, apart: "binary" },
      ],
    },
    { sha: sha(3), parents: [sha(2), sha(1)], at: start + 3 * day, files: [] },
  ]);
  return { scene, records, own, other };
}

export const derivedTables = [
  "commits",
  "commit_files",
  "claims",
  "conversations",
  "page_sessions",
] as const;

async function derivedOf({ derived }: Records, project: Project): Promise<object> {
  const all = { from: 0, to: start * 2 };
  return {
    claims: await derived.claims(project, all),
    conversations: await derived.conversations(project, { limit: 9 }),
    commits: (await derived.commits(project, all))
      .map(({ sha: name, parents, at, recorded }) => ({ name, parents, at, recorded }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** Rows in a database of the version before, which `strip` makes of this one, are derived when it is opened. */
export async function derivesOldRows(
  makeScene: () => Promise<RecordsScene>,
  strip: () => Promise<void>,
): Promise<void> {
  const { scene, records, own } = await derivedScene(makeScene);
  await using _ = scene;
  const before = await derivedOf(records, own);
  await strip();
  const again = await scene.reopen();
  const after = await derivedOf(again, own);
  await again.close();
  // The third commit was known by its counts alone, which are no rows.
  const { commits } = before as { commits: object[] };
  expect(after).toEqual({ ...before, commits: commits.slice(0, 2) });
}

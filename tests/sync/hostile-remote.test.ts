import { describe, expect, test } from "bun:test";
import { newPerson, personAt } from "./person.ts";
import { type Front, accountAt, openFront } from "./front.ts";
import { addWork } from "./work.ts";

/** Moves the cursor, sets a terminal's title, reverses text, and begins a new line. */
const escape = "\u001B[31mred\u001B]0;title\u0007\u009B1mbold\u202Eback\r\n";
// oxlint-disable-next-line no-control-regex
const obeyed = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069]/;

type Answer = Front["answer"];
const at = (end: string, answer: (token: string) => Response): Answer => {
  return (request) =>
    new URL(request.url).pathname.endsWith(end)
      ? answer(request.headers.get("Authorization") ?? "")
      : undefined;
};
const refusal = (status: number) => (token: string) =>
  Response.json(
    { error: escape + token, code: escape, hint: escape + token, retryable: "?", fact: token },
    { status },
  );
const whoami = (org: string) =>
  Response.json({ org_id: "o", org_slug: org, project_id_scope: null, scopes: [] });

describe("a remote that sends escapes, and our token back", () => {
  const answers: [string, string[], Answer][] = [
    ["whoami: another org", ["push"], at("/whoami", (token) => whoami(escape + token))],
    ["whoami: 401", ["push"], at("/whoami", refusal(401))],
    ["whoami: 403", ["pull"], at("/whoami", refusal(403))],
    ["rows: 403", ["push", "--full"], at("/sync/traces", refusal(403))],
    ["rows: 422", ["push", "--full"], at("/sync/traces", refusal(422))],
    ["pages: 404", ["pull"], at("/sync/traces", refusal(404))],
    ["blobs: 413", ["push", "--full"], at("/blobs", refusal(413))],
    [
      "row status",
      ["push", "--full"],
      at("/sync/traces", (token) => {
        const refused = [{ index: 0, id: escape, code: escape, message: escape + token }];
        return Response.json({ ok: true, count: 0, refused });
      }),
    ],
    [
      "a new project",
      ["project", "create", "URL", "--token", "TOKEN"],
      at("/projects", (token) =>
        Response.json({ project_id: escape, token, schema: "forged", ok: false }, { status: 201 }),
      ),
    ],
    [
      "no such project",
      ["project", "create", "URL", "--token", "TOKEN"],
      at("/projects", refusal(400)),
    ],
    [
      "a redirect",
      ["pull"],
      at("/whoami", () => {
        const headers = { Location: `http://${"\u009B"}1m.example/` };
        return new Response(null, { status: 302, headers });
      }),
    ],
  ];

  test.each(answers)("prints neither: %s", async (_name, argv, answer) => {
    await using front = await openFront();
    const account = await accountAt(front);
    using ada = await personAt(account);
    addWork(ada, "work", "w".repeat(300_000));
    front.answer = answer;
    const words = argv.map((word) =>
      word === "URL" ? account.remote : word === "TOKEN" ? account.token : word,
    );
    for (const more of [
      ["--debug", "--verbose"],
      ["--json", "--debug"],
    ]) {
      const { stdout, stderr } = await ada.type([...words, ...more, "--no-progress"]);
      expect(stdout + stderr).not.toMatch(obeyed);
      expect(stdout + stderr).not.toContain(account.token.slice(3));
      if (!more.includes("--json")) continue;
      const document = JSON.parse(stdout);
      expect(document.schema).toBe(
        `agent-trace.${argv[0] === "project" ? "project-create" : argv[0]}/1`,
      );
      expect([true, false, undefined]).toContain(document.error?.retryable);
      expect(document.error?.hint ?? "").not.toContain("title");
    }
  });
});

test("what a remote sent is shown without escapes: rows, models, paths, summaries", async () => {
  await using front = await openFront();
  const account = await accountAt(front);
  using ada = await newPerson();
  await ada.type(["remote", "add", "origin", account.remote, "--token", "-"], {
    stdin: account.token,
  });
  const rows = (path: string): object[] => {
    if (path.endsWith("/traces"))
      return [{ id: escape, files: [{ path: escape, conversations: [] }] }];
    if (path.endsWith("/ledgers")) return [{ commit_sha: escape, files: { [escape]: {} } }];
    if (path.endsWith("/summaries"))
      return [{ conversation_id: escape, created_at: escape, summary: escape }];
    return [{ conversation_id: escape, commit_sha: escape, content_sha256: escape }];
  };
  front.answer = (request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (request.method !== "GET" || !pathname.includes("/sync/")) return undefined;
    const items = searchParams.has("since") ? [] : rows(pathname);
    const max_timestamp = items.length === 0 ? null : "2026-02-10T12:00:00.000001Z";
    return Response.json({ items, max_timestamp });
  };
  expect((await ada.ask(["pull"])).exitCode).toBe(8);
  for (const argv of [
    ["pull"],
    ["status"],
    ["doctor"],
    ["push", "--dry-run", "--full"],
    ["remote", "show", "origin"],
  ]) {
    for (const more of [["--debug", "--verbose"], ["--json"]]) {
      const { stdout, stderr } = await ada.type([...argv, ...more, "--no-progress"]);
      expect(stdout + stderr).not.toMatch(obeyed);
    }
  }
});

test("a refusal that does not end is cut off, and is a refusal all the same", async () => {
  await using front = await openFront();
  const account = await accountAt(front);
  using ada = await personAt(account);
  let pulled = 0;
  const chunk = new Uint8Array(64 * 1024).fill(0x20);
  front.answer = at("/whoami", () => {
    const pull = (controller: ReadableStreamDefaultController): void => {
      pulled += chunk.length;
      controller.enqueue(chunk);
    };
    return new Response(new ReadableStream({ pull }), { status: 403 });
  });
  const { exitCode, error } = await ada.ask(["pull"]);
  expect([exitCode, error.code]).toEqual([4, "whoami_failed"]);
  expect(pulled).toBeLessThan(16 * 1024 * 1024);
});

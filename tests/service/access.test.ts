import { describe, expect, test } from "bun:test";
import { sha256Hex } from "../../src/schema/digest.ts";
import { routes } from "../../src/service/service.ts";
import { type TestService, adminSecret, testService } from "../support/service.ts";

/** Everyone who may knock; `own` is the token that the answers of the table's last column are for. */
const callers = [
  "nobody",
  "malformed",
  "unknown",
  "revoked",
  "foreign",
  "elsewhere",
  "bound",
  "reader",
  "own",
  "admin",
  "false-admin",
] as const;
type Name = (typeof callers)[number];

interface Row {
  readonly path: string;
  readonly body?: string;
  /** Status for each caller; those that are not named get `otherwise`. */
  readonly otherwise: number;
  readonly expect?: Partial<Record<Name, number>>;
}

const secretText = "what acme alone may read";
const blob = sha256Hex(secretText);
const noToken = {
  nobody: 401,
  malformed: 401,
  unknown: 401,
  revoked: 401,
  admin: 401,
  "false-admin": 401,
};
const anyone = (path: string, body?: string): Row => ({
  path,
  otherwise: 200,
  ...(body === undefined ? {} : { body }),
});
const admins = (path: string, status: number, body?: string): Row => ({
  path,
  otherwise: 403,
  expect: { admin: status },
  ...(body === undefined ? {} : { body }),
});
/** Rows of acme's project: another org has no such project, a token bound elsewhere may not even ask. */
const ofProject = (path: string, status: number, more: Partial<Row> = {}): Row => ({
  path,
  otherwise: status,
  ...more,
  expect: { ...noToken, foreign: 404, elsewhere: 403, ...more.expect },
});

/** One line for every route. A route that is missing here fails the first test below. */
const table: Readonly<Record<string, Row>> = {
  "GET /": anyone("/"),
  "GET /health": anyone("/health"),
  "GET /health/ready": anyone("/health/ready"),
  "GET /metrics": admins("/metrics", 200),
  "GET /api/v1/stats": admins("/api/v1/stats", 200),
  "GET /api/v1/audit": admins("/api/v1/audit", 200),
  "POST /api/v1/gc": admins("/api/v1/gc", 200, "{}"),
  "POST /api/v1/purge": admins("/api/v1/purge", 400, "{}"),
  "POST /api/v1/projects/:project_id/retention": admins("/api/v1/projects/none/retention", 404),
  "POST /api/v1/tokens/:id/rotate": admins("/api/v1/tokens/none/rotate", 404, "{}"),
  "GET /api/v1/version": anyone("/api/v1/version"),
  "GET /api/v1/auth/whoami": { path: "/api/v1/auth/whoami", otherwise: 200, expect: noToken },
  "POST /api/v1/orgs": admins("/api/v1/orgs", 200, '{"slug":"acme"}'),
  "GET /api/v1/orgs": admins("/api/v1/orgs", 200),
  "POST /api/v1/orgs/:slug/people": admins("/api/v1/orgs/acme/people", 200, '{"shown":true}'),
  "POST /api/v1/tokens": admins("/api/v1/tokens", 201, "{}"),
  "GET /api/v1/tokens": admins("/api/v1/tokens", 200),
  "DELETE /api/v1/tokens/:id": admins("/api/v1/tokens/none", 404),
  "POST /api/v1/tokens/verify": {
    path: "/api/v1/tokens/verify",
    body: '{"token":"x"}',
    otherwise: 401,
  },
  "POST /api/v1/projects": {
    path: "/api/v1/projects",
    body: '{"project_id":"app","org_slug":"acme"}',
    otherwise: 403,
    expect: { ...noToken, own: 409, admin: 409 },
  },
  "GET /api/v1/projects": {
    path: "/api/v1/projects",
    otherwise: 200,
    expect: { ...noToken, admin: 200 },
  },
  "GET /api/v1/projects/:project_id": ofProject("/api/v1/projects/app", 200),
  "DELETE /api/v1/projects/:project_id": {
    path: "/api/v1/projects/nothing",
    otherwise: 403,
    expect: { ...noToken, foreign: 404, own: 404, admin: 404 },
  },
  "POST /api/v1/sync/:resource": ofProject("/api/v1/sync/traces", 200, {
    body: '{"project_id":"app","items":[]}',
    expect: { reader: 403 },
  }),
  "GET /api/v1/sync/:resource": ofProject("/api/v1/sync/traces?project_id=app", 200),
  "POST /api/v1/sync/:resource/digest": ofProject("/api/v1/sync/traces/digest", 200, {
    body: '{"project_id":"app"}',
  }),
  "GET /api/v1/ledgers/:commit_sha/versions": ofProject(
    "/api/v1/ledgers/c/versions?project_id=app",
    200,
  ),
  "GET /api/v1/traces/:id": ofProject("/api/v1/traces/t?project_id=app", 200),
  "GET /api/v1/ledgers/:commit_sha": ofProject("/api/v1/ledgers/c?project_id=app", 200),
  "GET /api/v1/conversations/:conversation_id*": ofProject(
    "/api/v1/conversations/k?project_id=app",
    200,
  ),
  "POST /api/v1/commits": ofProject("/api/v1/commits", 200, {
    body: '{"project_id":"app","items":[]}',
    expect: { reader: 403 },
  }),
  "POST /api/v1/commits/missing": ofProject("/api/v1/commits/missing", 200, {
    body: '{"project_id":"app","commits":[]}',
  }),
  "POST /api/v1/blobs": {
    path: "/api/v1/blobs",
    body: "bytes",
    otherwise: 201,
    expect: { ...noToken, reader: 403 },
  },
  "POST /api/v1/blobs/missing": {
    path: "/api/v1/blobs/missing",
    body: `{"sha256":["${blob}"]}`,
    otherwise: 200,
    expect: noToken,
  },
  "PUT /api/v1/blobs/:sha256": {
    path: `/api/v1/blobs/${sha256Hex(`${secretText}!`)}?base=${blob}&offset=${secretText.length}`,
    body: "!",
    otherwise: 200,
    expect: { ...noToken, foreign: 409, elsewhere: 409, reader: 403, bound: 201 },
  },
  "HEAD /api/v1/blobs/:sha256": {
    path: `/api/v1/blobs/${blob}`,
    otherwise: 200,
    expect: { ...noToken, foreign: 404, elsewhere: 404 },
  },
  "GET /api/v1/blobs/:sha256": {
    path: `/api/v1/blobs/${blob}`,
    otherwise: 200,
    expect: { ...noToken, foreign: 404, elsewhere: 404 },
  },
};

/** acme/app with rows that hold a secret, acme/other, and a foreign org; and what each caller sends. */
async function world(at: TestService): Promise<Record<Name, Record<string, string>>> {
  const own = await at.account("acme/app");
  const foreign = await at.account("umbrella/lab");
  const elsewhere = await at.account("acme/other", { bound: true });
  const bound = await at.account("acme/app", { bound: true });
  const reader = await at.account("acme/app", { scopes: ["read"] });
  const revoked = await at.account("acme/app");
  await at.request(`/api/v1/tokens/${revoked.tokenId}`, { method: "DELETE", admin: true });
  for (const [resource, item] of [
    ["traces", { id: "t", secretText }],
    ["ledgers", { commit_sha: "c", secretText }],
    ["conversations", { conversation_id: "k", content_sha256: blob, content: secretText }],
  ] as const) {
    const body = JSON.stringify({ project_id: "app", items: [item] });
    await at.request(`/api/v1/sync/${resource}`, { method: "POST", token: own.token, body });
  }
  const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
  return {
    nobody: {},
    malformed: { Authorization: own.token },
    unknown: bearer(`at_${"A".repeat(43)}`),
    revoked: bearer(revoked.token),
    foreign: bearer(foreign.token),
    elsewhere: bearer(elsewhere.token),
    bound: bearer(bound.token),
    reader: bearer(reader.token),
    own: bearer(own.token),
    admin: { "X-Admin-Secret": adminSecret },
    "false-admin": { "X-Admin-Secret": `${adminSecret}x` },
  };
}

test("every route stands in the table, and the table has no other", () => {
  const known = routes.map(({ method, pattern }) => `${method} ${pattern}`);
  expect(Object.keys(table).toSorted()).toEqual(known.toSorted());
});

describe("who may call what", () => {
  test.each(Object.entries(table))("%s", async (name, row) => {
    await using at = await testService();
    const headers = await world(at);
    const statuses: Partial<Record<Name, number>> = {};
    const expected: Partial<Record<Name, number>> = {};
    for (const caller of callers) {
      const response = await at.request(row.path, {
        method: name.split(" ")[0] ?? "",
        headers: headers[caller],
        ...(row.body === undefined ? {} : { body: row.body }),
      });
      statuses[caller] = response.status;
      expected[caller] = row.expect?.[caller] ?? row.otherwise;
      const text = await response.text();
      if (!["own", "bound", "reader"].includes(caller)) expect(text).not.toContain(secretText);
      if (response.status >= 400 && text !== "" && !name.endsWith("verify")) {
        expect(JSON.parse(text)).toMatchObject({
          error: expect.any(String),
          code: expect.any(String),
        });
      }
      expect(response.headers.get("Cache-Control")).toBe("no-store");
      // The project's number behind it where the answer concerns a project of the caller's.
      expect(response.headers.get("Agent-Trace-Epoch")).toMatch(
        new RegExp(`^${at.records.epoch}(?:\\.\\d+)?$`),
      );
    }
    expect(statuses).toEqual(expected);
    expect(at.failures).toEqual([]);
  });
});

test.each(["HEAD", "GET"])(
  "%s of another org's blob is answered exactly as of one that never was",
  async (method) => {
    await using at = await testService();
    const headers = await world(at);
    for (const caller of ["foreign", "elsewhere"] as const) {
      const ask = async (id: string) => {
        const answer = await fetch(`${at.url}/api/v1/blobs/${id}`, {
          method,
          headers: headers[caller],
        });
        const pairs = [...answer.headers].filter(([name]) => name !== "date");
        return { status: answer.status, headers: pairs, body: await answer.text() };
      };
      expect(await ask(blob)).toEqual(await ask(sha256Hex("never was")));
      expect((await ask(blob)).status).toBe(404);
    }
  },
);

test("without an admin secret no admin request is taken", async () => {
  await using at = await testService({ service: { adminSecret: undefined } });
  for (const secret of ["", "undefined", adminSecret]) {
    const answer = await at.request("/api/v1/orgs", { headers: { "X-Admin-Secret": secret } });
    expect([answer.status, await answer.json()]).toEqual([
      403,
      { error: "this service takes no admin requests", code: "admin_disabled" },
    ]);
  }
});

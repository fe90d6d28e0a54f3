import { join } from "node:path";
import { openFileSegments } from "../../src/service/file-segments.ts";
import { listen } from "../../src/http/listen.ts";
import type { Records } from "../../src/service/records.ts";
import type { SegmentStore } from "../../src/service/segment-store.ts";
import type { RequestLine } from "../../src/http/request-log.ts";
import { type Service, type ServiceOptions, createService } from "../../src/service/service.ts";
import { openSqliteRecords } from "../../src/service/sqlite-records.ts";
import { temporaryDirectory } from "./directories.ts";
import { type Misbehaviour, misbehaving } from "./misbehaviour.ts";

export const adminSecret = "test-admin-secret";

export interface TestServiceOptions extends Misbehaviour {
  /** Options of the service itself, such as `blobMaxBytes`, `rate`, `now`, `gatewaySecret`. */
  readonly service?: Partial<ServiceOptions>;
  /** Other stores than SQLite and a directory; closed with the service. */
  stores?(now: () => number): Promise<{ records: Records; segments: SegmentStore }>;
  /** A directory with the data of an earlier service; it is not removed. */
  readonly data?: string;
}

export interface TestService extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  readonly data: string;
  readonly records: Records;
  readonly segments: SegmentStore;
  /** The service without its port and without misbehaviour. */
  readonly service: Service;
  /** What the service says it was asked, in order. Requests that misbehaviour kept from it are not among them. */
  readonly log: RequestLine[];
  /** What broke on the service's side; empty in a good run. */
  readonly failures: unknown[];
  /** Can be changed while the service runs. */
  readonly misbehaviour: Misbehaviour;
  /** Makes the org and the project where they are missing, and a token of the org, by default for all of it. */
  account(
    slugs?: `${string}/${string}`,
    token?: { scopes?: readonly string[]; bound?: boolean },
  ): Promise<Account>;
  /** A request straight to the service. */
  request(
    path: string,
    init?: RequestInit & { token?: string; admin?: boolean },
  ): Promise<Response>;
}

export interface Account {
  /** The remote's URL, `<url>/<org>/<project>`. */
  readonly remote: string;
  readonly token: string;
  readonly tokenId: string;
  readonly orgId: string;
  readonly project: string;
}

/** Our real service on a free port, over a directory of its own. */
export async function testService(options: TestServiceOptions = {}): Promise<TestService> {
  const directory = options.data === undefined ? temporaryDirectory() : undefined;
  const data = options.data ?? directory?.path ?? "";
  const log: RequestLine[] = [];
  const failures: unknown[] = [];
  const now = options.service?.now ?? (() => Date.now() * 1000);
  const { records, segments } = (await options.stores?.(now)) ?? {
    records: openSqliteRecords(join(data, "service.db"), now),
    segments: openFileSegments(join(data, "blobs")),
  };
  const service = createService({
    database: records,
    segments,
    adminSecret,
    build: "test",
    rate: 0,
    now,
    onRequest: (line) => log.push(line),
    onFailure: (error) => failures.push(error),
    ...options.service,
  });
  const { service: _, data: __, stores: ___, ...misbehaviour } = options;
  const mutable: Misbehaviour = { ...misbehaviour };
  const listener = listen(misbehaving(service, mutable), { hostname: "127.0.0.1", port: 0 });
  const request: TestService["request"] = (path, init = {}) => {
    const { token, admin, ...rest } = init;
    const headers = new Headers(rest.headers);
    if (token !== undefined) headers.set("Authorization", `Bearer ${token}`);
    if (admin === true) headers.set("X-Admin-Secret", adminSecret);
    return service.fetch(new Request(`${listener.url}${path}`, { ...rest, headers }));
  };
  const create = async (path: string, body: object): Promise<Record<string, string>> => {
    const response = await request(path, {
      method: "POST",
      admin: true,
      body: JSON.stringify(body),
    });
    return (await response.json()) as Record<string, string>;
  };
  return {
    url: listener.url,
    data,
    records,
    segments,
    service,
    log,
    failures,
    misbehaviour: mutable,
    request,
    async account(
      slugs = "acme/app",
      { scopes = ["read", "write", "projects:write"], bound } = {},
    ) {
      const [slug = "", project = ""] = slugs.split("/");
      const org = await create("/api/v1/orgs", { slug });
      await create("/api/v1/projects", { org_slug: slug, project_id: project });
      const made = await create("/api/v1/tokens", {
        org_id: org["id"],
        scopes,
        project_id: bound === true ? project : undefined,
      });
      log.length = 0;
      return {
        remote: `${listener.url}/${slug}/${project}`,
        token: made["token"] ?? "",
        tokenId: made["id"] ?? "",
        orgId: org["id"] ?? "",
        project,
      };
    },
    async [Symbol.asyncDispose]() {
      await listener.stop(0);
      await records.close();
      directory?.[Symbol.dispose]();
    },
  };
}

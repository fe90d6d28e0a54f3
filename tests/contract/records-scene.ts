import type { Resource } from "../../src/schema/resource.ts";
import type {
  Microseconds,
  NewRow,
  Records,
  RowOutcome,
  Tenant,
} from "../../src/service/records.ts";

/** One database that can be opened more than once, as several processes would. */
export interface RecordsScene extends AsyncDisposable {
  open(now: () => Microseconds): Promise<Records>;
}

export const acme = { id: "acme-id", slug: "acme", name: "Acme" };
export const tenant: Tenant = { orgId: acme.id, projectId: "app" };
export const row = (key: string, text = `{"id":"${key}"}`): NewRow => ({ key, text });
export const counts = (outcomes: readonly RowOutcome[] | undefined) =>
  outcomes?.map(({ stored, duplicate, replaced }) => ({ stored, duplicate, replaced }));
export const nobody = { writer: null };

/** All rows behind a place, as one text. */
export async function pageOf(
  records: Records,
  of: Tenant,
  resource: Resource,
  since: number | null = null,
) {
  const extents = await records.extents(of, resource, { since, limit: 1000 });
  const [from, to] = [extents[0]?.place ?? 0, extents.at(-1)?.place ?? 0];
  const texts = await records.texts(of, resource, { from, to });
  const text = new TextDecoder().decode(texts);
  return { text, count: extents.length, last: extents.at(-1)?.place ?? null };
}

/** A database with one org and one project. */
export async function sceneOver(makeScene: () => Promise<RecordsScene>, now: () => Microseconds) {
  const made = await makeScene();
  const records = await made.open(now);
  await records.createOrg(acme);
  await records.createProject({
    org_id: acme.id,
    project_id: "app",
    name: null,
    description: null,
    created_at: 7,
  });
  const page = (since: Microseconds | null = null, of = tenant) =>
    pageOf(records, of, "traces", since);
  return {
    records,
    page,
    reopen: () => made.open(now),
    store: (rows: NewRow[], resource = "traces" as const) =>
      records.store(tenant, [{ resource, rows }], { writer: "ada" }).then(counts),
    async [Symbol.asyncDispose]() {
      await records.close();
      await made[Symbol.asyncDispose]();
    },
  };
}

export type Scene = Awaited<ReturnType<typeof sceneOver>>;

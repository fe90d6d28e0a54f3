import { expect, test } from "bun:test";
import { accountAt, openFront } from "./front.ts";
import { type Person, personAt } from "./person.ts";
import { addWork, contentsOf } from "./work.ts";

const said = [expect.stringContaining("was restored or replaced")];

/** What a push sent, and what it warned of. */
async function push(person: Person): Promise<{ traces: number; warnings: unknown }> {
  const answer = await person.ask(["push", "--full", "--no-progress"]);
  return { traces: answer["resources"].traces.sent, warnings: answer["warnings"] };
}

test("a project that was deleted and made again gets everything again, and the push says why", async () => {
  await using front = await openFront();
  const account = await accountAt(front);
  using ada = await personAt(account);
  addWork(ada, "work", "a transcript");
  expect(await push(ada)).toEqual({ traces: 2, warnings: [] });
  expect(await push(ada)).toEqual({ traces: 0, warnings: [] });
  const { records } = front.service;
  const org = await records.findOrg({ slug: "acme" });
  await records.deleteProject({ orgId: org?.id ?? "", projectId: "app" });
  await front.service.account();
  expect(await push(ada)).toEqual({ traces: 2, warnings: said });
  expect(await push(ada)).toEqual({ traces: 0, warnings: [] });
  using bob = await personAt(account);
  await bob.type(["pull"]);
  expect(contentsOf(bob)).toEqual(contentsOf(ada));
});

test("a service whose last place lies before what was read there has lost rows: they go again", async () => {
  await using front = await openFront();
  const account = await accountAt(front);
  using ada = await personAt(account);
  addWork(ada, "work", "a transcript");
  await ada.type(["push", "--full"]);
  await ada.type(["pull"]);
  let epoch: unknown;
  front.answer = async ({ url, headers }) => {
    if (!url.includes("/version")) return undefined;
    const path = url.slice(front.url.length);
    const token = headers.get("Authorization")?.slice("Bearer ".length) ?? "";
    const answer = await front.service.request(path, { token });
    const document = (await answer.json()) as Record<string, unknown>;
    epoch = document["epoch"];
    return Response.json({ ...document, places: { traces: "2020-01-01T00:00:00.000000Z" } });
  };
  expect(await push(ada)).toEqual({ traces: 2, warnings: said });
  expect(epoch).toMatch(/\.\d+$/);
});

test("an epoch that names the project as well is no other one than before the upgrade", async () => {
  await using front = await openFront();
  using ada = await personAt(await accountAt(front));
  addWork(ada, "work", "a transcript");
  const version = (epoch: string): void => {
    front.answer = ({ url }) =>
      url.includes("/version") ? Response.json({ epoch, capabilities: [] }) : undefined;
  };
  const database = front.service.records.epoch;
  version(database);
  expect(await push(ada)).toEqual({ traces: 2, warnings: [] });
  for (const epoch of [`${database}.1`, database, `${database}.1`]) {
    version(epoch);
    expect(await push(ada)).toEqual({ traces: 0, warnings: [] });
  }
  version(`${database}.2`);
  expect((await push(ada)).warnings).toEqual(said);
});

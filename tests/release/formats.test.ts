import Ajv2020 from "ajv/dist/2020.js";
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { formats, schemaText } from "../../release/format-schemas.ts";
import { createAnchor } from "../../src/git/anchor.ts";
import { projectPaths } from "../../src/store/files/paths.ts";
import { agentSession } from "../support/agent-session.ts";
import { testService } from "../support/service.ts";

const read = (name: string): unknown =>
  JSON.parse(readFileSync(join("docs/formats", name), "utf8"));
const isSound = (name: string) =>
  new Ajv2020({ strict: false }).compile(read(`${name}.schema.json`) as object);

test.each(Object.keys(formats))("the schema of %s is the one in the code", (name) => {
  expect(readFileSync(`docs/formats/${name}.schema.json`, "utf8")).toBe(schemaText(name));
});

interface Vector {
  readonly format: string;
  readonly says: string;
  readonly sound: boolean;
  readonly value: unknown;
}
const vectors = read("vectors.json") as readonly Vector[];

test.each(vectors.map((vector) => [vector.format, vector.says, vector] as const))(
  "the vector of %s: %s",
  (format, _, { sound, value }) => {
    expect(isSound(format)(value)).toBe(sound);
  },
);

test("each format has a sound vector and another", () => {
  for (const name of Object.keys(formats)) {
    const own = vectors.filter(({ format }) => format === name).map(({ sound }) => sound);
    expect([name, own.includes(true), own.includes(false)]).toEqual([name, true, true]);
  }
});

test("what the program writes, prints and sends keeps to the schemas", async () => {
  await using service = await testService();
  const account = await service.account();
  using session = await agentSession();
  await session.write("a.ts", "one\ntwo\n");
  await session.commit();
  await session.run(["attest", "keygen"]);
  await session.run(["attest"]);
  const id = createAnchor(session.repo.repository);
  const paths = projectPaths(join(session.home, ".agent-trace"), id);
  const last = (path: string): unknown =>
    JSON.parse(readFileSync(path, "utf8").trim().split("\n").at(-1) ?? "");
  const ledger = last(paths.ledgers) as { attestations: [{ payload: string }] };
  const [envelope] = ledger.attestations;
  const statement: unknown = JSON.parse(Buffer.from(envelope.payload, "base64").toString());
  const answers = [["status"], ["blame", "a.ts"], ["ledger", "show"], ["blame", "none"]].map(
    async (words) => JSON.parse((await session.run([...words, "--json"])).stdout) as unknown,
  );
  const trace = last(paths.traces);
  const sent = { project_id: account.project, items: [trace] };
  const { token } = account;
  const request = { method: "POST", token, body: JSON.stringify(sent) };
  const answer = await service.request("/api/v1/sync/traces", request);
  const page = await service.request("/api/v1/sync/traces?project_id=app", { token });
  for (const [name, value] of [
    ["trace", trace],
    ["ledger", ledger],
    ["commit-link", last(paths.commitLinks)],
    ["envelope", envelope],
    ["attestation", statement],
    ["batch", sent],
    ["batch-answer", await answer.json()],
    ["page", await page.json()],
    ...(await Promise.all(answers)).map((one) => ["answer", one]),
  ] as [string, unknown][]) {
    const check = isSound(name);
    check(value);
    expect([name, check.errors]).toEqual([name, null]);
  }
});

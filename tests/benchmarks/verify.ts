/** How long it takes to find one missing, one altered and one extra row among a million. */
import { Database } from "bun:sqlite";
import { join } from "node:path";
import { bind, startService, timed } from "./exchange.ts";
import { writeLedgers, writeTraces } from "./records.ts";
import { type Figure, ms } from "./report.ts";
import { binary, makeScene } from "./scene.ts";

const rows = 1_000_000;

export async function measureVerify(directory: string): Promise<Figure[]> {
  const data = join(directory, "service");
  await using service = await startService(data);
  const scene = makeScene(join(directory, "sender"));
  bind(scene, service);
  writeTraces(join(scene.projectDirectory, "traces.jsonl"), "rows", rows);
  writeLedgers(join(scene.projectDirectory, "ledgers.jsonl"), "rows", rows);
  const push = await timed(scene, [binary, "push"]);
  const command = [binary, "verify", "--remote", "origin", "--json"];
  const here = await timed(scene, [binary, "verify", "--json"]);
  const clean = await timed(scene, command);
  tamper(join(data, "service.db"));
  const found = await timed(scene, command, 8);
  const { checks } = JSON.parse(found.stdout) as { checks: { problems: { code: string }[] }[] };
  const codes = checks.flatMap(({ problems }) => problems.map(({ code }) => code)).toSorted();
  if (codes.join() !== "altered_row,extra_row,missing_row")
    throw new Error(`found ${codes.join()}`);
  // What is kept here is read by every `verify`; the rest is what comparing costs.
  const floor = `${ms(here.elapsed)} (this machine alone)`;
  const compared = found.elapsed - here.elapsed;
  return [
    { name: "push of 1,000,000 traces", measured: ms(push.elapsed) },
    { name: "verify with a remote, nothing wrong", measured: ms(clean.elapsed), floor },
    { name: "the same with three rows wrong", measured: ms(found.elapsed), floor },
    {
      name: "comparing alone",
      measured: ms(compared),
      goal: "≤ 10,000 ms",
      met: compared <= 10_000,
    },
  ];
}

/** One row goes, one changes, one comes. */
function tamper(path: string): void {
  using database = new Database(path);
  database.run(
    "DELETE FROM rows WHERE number = (SELECT min(number) + 500 FROM rows WHERE resource = 0)",
  );
  database.run(
    "UPDATE rows SET body = body || ' ' WHERE number = (SELECT min(number) + 900 FROM rows WHERE resource = 0)",
  );
  database.run(
    `INSERT INTO rows (project, resource, place, key, blob, writer, bytes, body)
     SELECT project, resource, place + 1, 'extra', NULL, writer, 14, '{"id":"extra"}' FROM rows
     WHERE resource = 0 ORDER BY place DESC LIMIT 1`,
  );
}

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { appendFileSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { formats } from "../../src/redaction/formats.ts";
import { conversationIdOf, sha256Hex } from "../../src/schema/digest.ts";
import { unpackSegment } from "../../src/service/segment-frames.ts";
import { appendLines } from "../../src/store/files/append.ts";
import { projectPaths } from "../../src/store/files/paths.ts";
import { samplesOf } from "../redaction/samples.ts";
import { findProjectId } from "./person.ts";
import { type RecordingProxy, recordingProxy } from "./recording-proxy.ts";
import { type TwoReaders, said, twoReaders } from "./two-readers.ts";

const samples = formats.flatMap((format, index) =>
  samplesOf(format, index + 1).map((sample) => ({ ...sample, isBare: format.near === undefined })),
);
/** A secret that tells by itself can stand in a file's name, as far as it is one. */
const names = samples.filter(({ secret, isBare }) => isBare && !/[/\0\n]/.test(secret));
const canaries = [...new Set(samples.map(({ secret }) => secret))];

const json = (value: object): string => `${JSON.stringify(value)}\n`;
const call = (input: object): string =>
  json({ type: "assistant", message: { content: [{ type: "tool_use", name: "Bash", input }] } });
const result = (content: string): string =>
  json({ type: "user", message: { content: [{ type: "tool_result", content }] } });

/** A session in which every secret was typed, run, printed and summarised; and files that are called like them. */
function fill({ session }: TwoReaders): void {
  const paths = projectPaths(`${session.home}/.agent-trace`, findProjectId(session.repo.path));
  const texts = samples.map(({ text }) => text);
  const lines = texts.flatMap((text) => [
    said(text),
    call({ command: `run ${text}` }),
    result(text),
  ]);
  lines.push(...names.map(({ secret }) => call({ file_path: `/src/${secret}.txt` })));
  appendFileSync(session.transcript, lines.join(""));
  const conversation_id = conversationIdOf(session.transcript);
  const summary = {
    conversation_id,
    summary: texts.join("\n"),
    created_at: "2026-01-01T00:00:00Z",
  };
  appendLines(paths.summaries, [JSON.stringify(summary)]);
  const [row = ""] = readFileSync(paths.traces, "utf8").split("\n");
  const [claims = ""] = readFileSync(paths.ledgers, "utf8").split("\n");
  for (const { secret } of names) {
    const hex = sha256Hex(secret);
    const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
    const path = `src/${secret}.txt`;
    const trace = JSON.parse(row);
    appendLines(paths.traces, [
      JSON.stringify({ ...trace, id, files: [{ ...trace.files[0], path }] }),
    ]);
    const ledger = JSON.parse(claims);
    const commit_sha = hex.slice(0, 40);
    const files = { [path]: Object.values(ledger.files)[0] };
    const trace_ids = [id];
    appendLines(paths.ledgers, [JSON.stringify({ ...ledger, commit_sha, trace_ids, files })]);
    const link = { commit_sha, parent_sha: null, trace_ids, files_changed: [path] };
    appendLines(paths.commitLinks, [JSON.stringify(link)]);
  }
}

interface Places {
  readonly wire: string;
  readonly service: string;
  readonly "the other home": string;
  readonly notes: string;
}

async function places(
  { service, home, session }: TwoReaders,
  proxy: RecordingProxy,
): Promise<Places> {
  const bytes: Uint8Array[] = [readFileSync(join(service.data, "service.db"))];
  for await (const { name } of service.segments.list()) {
    const stream = await service.segments.read(name, 0);
    if (stream !== undefined) for await (const part of unpackSegment(stream, 0)) bytes.push(part);
  }
  const log = service.log.map((line) => JSON.stringify(line));
  return {
    wire: proxy.seen.join("\n"),
    service: Buffer.concat(bytes).toString("latin1") + log.join("\n"),
    "the other home": allBytes(join(home, ".agent-trace")),
    notes: await notesOf(session.repo.path),
  };
}

const allBytes = (directory: string): string =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
    .join("\n");

/** Everything that stands in git's notes, which leave with git's own push. */
async function notesOf(repository: string): Promise<string> {
  const { stdout } = Bun.spawnSync([
    "git",
    "-C",
    repository,
    "grep",
    "-h",
    "",
    "refs/notes/agent-trace",
  ]);
  return stdout.toString("latin1");
}

const left = (text: string): string[] =>
  canaries.filter((secret) => {
    const latin1 = Buffer.from(secret).toString("latin1");
    return text.includes(latin1) || text.includes(JSON.stringify(latin1).slice(1, -1));
  });

/** From an agent's session to a teammate's home, with all that passes in between. */
async function travel(redacts: boolean): Promise<{ places: Places; end(): Promise<void> }> {
  let proxy: RecordingProxy | undefined;
  const scene = await twoReaders((service) => (proxy = recordingProxy(service)).url);
  const { session, ben } = scene;
  fill(scene);
  const head = session.repo.run(["rev-parse", "HEAD"]);
  // Files of that name in git itself: their names go along with what git counts of commits.
  for (const { secret } of names.slice(0, 20)) session.repo.write(`named/${secret}.txt`, "x\n");
  await session.commit("names");
  for (const what of ["include-summary", "include-prompts"]) {
    await session.run(["config", "set", `notes.${what}`, "true"]);
  }
  if (!redacts) await session.run(["config", "set", "redaction.enabled", "false", "--yes"]);
  await session.run(["notes", "attach", head]);
  for (const run of [() => session.run(["push", "--full"]), () => ben(["pull"])]) {
    const { exitCode, stderr } = await run();
    if (exitCode !== 0) throw new Error(stderr);
  }
  if (proxy === undefined) throw new Error("nothing was recorded");
  const recorded = proxy;
  return {
    places: await places(scene, recorded),
    async end() {
      await scene[Symbol.asyncDispose]();
      await recorded[Symbol.asyncDispose]();
    },
  };
}

describe("a secret of any rule in prompts, tool calls, their results, names of files, summaries and notes", () => {
  let masked: Awaited<ReturnType<typeof travel>>;
  let open: Awaited<ReturnType<typeof travel>>;
  beforeAll(async () => {
    masked = await travel(true);
    open = await travel(false);
  }, 60_000);
  afterAll(async () => {
    await masked.end();
    await open.end();
  });

  test.each(["wire", "service", "the other home", "notes"] as const)("is not in %s", (place) => {
    const text = masked.places[place];
    expect(text.match(/\[redacted:/g)?.length ?? 0).toBeGreaterThan(100);
    expect(left(text)).toEqual([]);
  });

  test("is not in what git counts of commits, which goes along", () => {
    expect(masked.places.wire).toContain('"path":"named/[redacted:');
    expect(open.places.wire).toContain('"path":"named/');
  });

  test.each(["wire", "service", "the other home", "notes"] as const)(
    "control: without redaction it is found in %s",
    (place) => {
      const found = left(open.places[place]).length;
      expect(found).toBeGreaterThan(canaries.length * 0.98);
    },
  );
});

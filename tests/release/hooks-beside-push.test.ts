import { expect, test } from "bun:test";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../support/directories.ts";
import { compiledProgram } from "../support/program.ts";
import { gitTestEnvironment, tempRepo } from "../support/repository.ts";
import { testService } from "../support/service.ts";

const program = compiledProgram();
const agents = 10;
const eventsEach = 6;
/** Where pushes are slow the agents go on for longer, until some events have gone before others came. */
const mostEventsEach = 60;

test("ten agents' hooks at once while pushes run: every event is recorded and sent once", async () => {
  await using service = await testService();
  const { remote, token } = await service.account();
  using home = temporaryDirectory();
  using repo = tempRepo();
  repo.commit("start");
  const env = { ...gitTestEnvironment, HOME: home.path } as Record<string, string>;
  const start = async (argv: readonly string[], input = ""): Promise<string> => {
    const child = Bun.spawn([program, ...argv], {
      cwd: repo.path,
      env,
      stdin: new TextEncoder().encode(input),
      stdout: "pipe",
      stderr: "pipe",
    });
    const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    expect({ argv, exitCode: await child.exited, stderr }).toEqual({
      argv,
      exitCode: 0,
      stderr: "",
    });
    return stdout;
  };
  await start(["init", "--no-hooks"]);
  await start(["remote", "add", "origin", remote, "--token", "-"], token);

  const transcripts = join(home.path, ".claude/projects/p");
  mkdirSync(transcripts, { recursive: true });
  const sent: number[] = [];
  const overlaps = (): boolean => sent.filter((count) => count > 0).length > 1;
  const work = async (agent: number): Promise<string[]> => {
    const transcript_path = join(transcripts, `${agent}.jsonl`);
    writeFileSync(transcript_path, '{"type":"user","message":{"role":"user","content":"x"}}\n');
    const events: string[] = [];
    for (let at = 0; at < eventsEach || (at < mostEventsEach && !overlaps()); at++) {
      const tool_use_id = `toolu_${agent}_${at}`;
      const content = `const x${agent} = ${at};\n`;
      const file_path = repo.write(`agent${agent}/${at}.ts`, content);
      const payload = {
        session_id: `s${agent}`,
        transcript_path,
        cwd: repo.path,
        hook_event_name: "PostToolUse",
        tool_name: "Write",
        tool_use_id,
        tool_input: { file_path, content },
        tool_response: { type: "create", filePath: file_path, content, structuredPatch: [] },
      };
      await start(["record", "--strict"], JSON.stringify(payload));
      events.push(tool_use_id);
    }
    return events;
  };
  let isWorking = true;
  const push = async (): Promise<void> => {
    while (isWorking) {
      const { resources } = JSON.parse(await start(["push", "--full", "--json", "--quiet"]));
      sent.push(resources.traces.sent);
    }
  };
  const pushing = push();
  const events = (await Promise.all(Array.from({ length: agents }, (_, at) => work(at)))).flat();
  isWorking = false;
  await pushing;
  await start(["push", "--full", "--json", "--quiet"]);

  // Pushes and hooks did run beside each other: some events went while others were still to come.
  expect(overlaps()).toBe(true);
  const [project = ""] = readdirSync(join(home.path, ".agent-trace/projects"));
  const rows = readFileSync(
    join(home.path, ".agent-trace/projects", project, "traces.jsonl"),
    "utf8",
  )
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { id: string; metadata: { tool_use_id: string } });
  const ids = rows.map(({ metadata }) => metadata.tool_use_id);
  expect(ids.toSorted()).toEqual(events.toSorted());
  const answer = await service.request("/api/v1/sync/traces?project_id=app&limit=1000", { token });
  const { items } = (await answer.json()) as { items: { id: string }[] };
  expect(items.map(({ id }) => id).toSorted()).toEqual(rows.map(({ id }) => id).toSorted());
  expect(service.failures).toEqual([]);
}, 60_000);

/** What linking a commit costs: large commits of people, large files of agents, and commits that nothing is known of. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Run, measureInTurn } from "./measure.ts";
import { type Figure, mib, ms } from "./report.ts";
import { type Scene, binary, makeScene, run } from "./scene.ts";

const numbered = (count: number, line: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => `${line(at)}\n`).join("");

/** An agent's event about a file that is on the disk already. */
function event(scene: Scene, name: string, more: { input: object; response: object }): Buffer {
  const path = join(scene.repository, name);
  return Buffer.from(
    JSON.stringify({
      session_id: "benchmark",
      cwd: scene.repository,
      hook_event_name: "PostToolUse",
      tool_name: "old_string" in more.input ? "Edit" : "Write",
      tool_use_id: `toolu_${crypto.randomUUID()}`,
      tool_input: { file_path: path, ...more.input },
      tool_response: { filePath: path, ...more.response },
    }),
  );
}

function write(scene: Scene, name: string, content: string): Buffer {
  writeFileSync(join(scene.repository, name), content);
  const response = { type: "create", content, structuredPatch: [], originalFile: null };
  return event(scene, name, { input: { content }, response });
}

function record(scene: Scene, stdin: Buffer): void {
  run([binary, "record"], { cwd: scene.repository, env: scene.env, stdin: stdin.toString() });
}

function commit(scene: Scene, message: string): void {
  scene.git("add", "-A");
  scene.git("-c", "core.hooksPath=/dev/null", "commit", "-qm", message);
}

/** A store that knows some files, as one in use does. */
function used(directory: string): Scene {
  const scene = makeScene(directory);
  for (let file = 0; file < 20; file++) {
    record(
      scene,
      write(
        scene,
        `agent${file}.ts`,
        numbered(40, (at) => `const v${file}_${at} = ${at};`),
      ),
    );
  }
  commit(scene, "agent");
  run([binary, "commit-link"], { cwd: scene.repository, env: scene.env });
  record(scene, write(scene, "open.ts", "const open = 1;\n"));
  return scene;
}

const link = (scene: Scene): Run => ({
  command: [binary, "commit-link"],
  cwd: scene.repository,
  env: scene.env,
});
const floor = (scene: Scene): Run => ({
  command: ["git", "diff-tree", "-r", "-M", "--raw", "HEAD^", "HEAD"],
  cwd: scene.repository,
  env: scene.env,
});

function over(name: string, [own, git]: readonly { readonly p50: number }[], goal: number): Figure {
  const [measured, least] = [own?.p50 ?? Number.NaN, git?.p50 ?? Number.NaN];
  return {
    name,
    measured: ms(measured),
    floor: `${ms(least)} (git diff-tree)`,
    goal: `≤ floor + ${goal} ms`,
    met: measured <= least + goal,
  };
}

function within(name: string, milliseconds: number, goal: number): Figure {
  return { name, measured: ms(milliseconds), goal: `≤ ${goal} ms`, met: milliseconds <= goal };
}

function timed(
  scene: Scene,
  command: readonly string[],
  stdin?: Buffer,
): { time: number; memory: number } {
  const started = performance.now();
  const child = Bun.spawnSync([...command], {
    cwd: scene.repository,
    env: scene.env,
    stdin: stdin ?? "ignore",
  });
  if (child.exitCode !== 0) throw new Error(`${command.join(" ")}: ${child.stderr.toString()}`);
  return { time: performance.now() - started, memory: child.resourceUsage.maxRSS };
}

function vendor(scene: Scene, files: number, lines: number): void {
  for (let file = 0; file < files; file++) {
    const directory = join(scene.repository, "vendor", `p${file % 300}`);
    mkdirSync(directory, { recursive: true });
    const text = numbered(lines, (at) =>
      at % 3 === 0 ? `var v${file}_${at} = f(${at});` : "  return value;",
    );
    writeFileSync(join(directory, `f${file}.js`), text);
  }
  scene.git("add", "vendor");
  scene.git("-c", "core.hooksPath=/dev/null", "commit", "-qm", "vendor");
}

function ofPeople(directory: string): Figure[] {
  const nothing = used(join(directory, "nothing"));
  writeFileSync(join(nothing.repository, "person.txt"), "a person's\n");
  nothing.git("add", "person.txt");
  nothing.git("-c", "core.hooksPath=/dev/null", "commit", "-qm", "person");
  const many = used(join(directory, "many"));
  vendor(many, 12_000, 3);
  const large = used(join(directory, "large"));
  vendor(large, 6_000, 170);
  return [
    over("a commit with nothing to do", measureInTurn([link(nothing), floor(nothing)], 20), 15),
    over("12,000 new files of a person", measureInTurn([link(many), floor(many)], 5), 100),
    over("1 M vendored lines", measureInTurn([link(large), floor(large)], 5), 300),
  ];
}

function ofAgents(directory: string): Figure[] {
  const figures: Figure[] = [];
  const files: [string, string][] = [
    ["20,000 equal lines", numbered(20_000, () => "  call(one);")],
    ["a file of 50,000 lines", numbered(50_000, (at) => `const value${at} = ${at};`)],
  ];
  for (const [name, text] of files) {
    const scene = used(join(directory, name.replaceAll(/\W/g, "")));
    figures.push(
      within(
        `${name}: record`,
        timed(scene, [binary, "record"], write(scene, "big.ts", text)).time,
        1_000,
      ),
    );
    commit(scene, "big");
    figures.push(within(`${name}: commit-link`, timed(scene, [binary, "commit-link"]).time, 1_000));
    // By hash alone, as after a lost pending file.
    writeFileSync(join(scene.repository, "big.ts"), `// changed\n${text}${text}`);
    commit(scene, "twice");
    figures.push(
      within(`${name}, twice by a person`, timed(scene, [binary, "commit-link"]).time, 1_000),
    );
  }
  const scene = used(join(directory, "replacements"));
  const before = numbered(20_000, (at) => `call(old, ${at});`);
  record(scene, write(scene, "all.ts", before));
  commit(scene, "before");
  writeFileSync(join(scene.repository, "all.ts"), before.replaceAll("old", "fresh"));
  const edit = { old_string: "old", new_string: "fresh", replace_all: true };
  const response = {
    oldString: "old",
    newString: "fresh",
    replaceAll: true,
    originalFile: before,
    structuredPatch: [],
  };
  const payload = event(scene, "all.ts", { input: edit, response });
  figures.push(
    within(
      "20,000 replacements of one edit: record",
      timed(scene, [binary, "record"], payload).time,
      1_000,
    ),
  );
  return figures;
}

/** A million lines that an agent wrote, in files of a thousand. */
function memory(directory: string): Figure[] {
  const scene = used(join(directory, "memory"));
  for (let file = 0; file < 1_000; file++) {
    record(
      scene,
      write(
        scene,
        `m${file}.ts`,
        numbered(1_000, (at) => `const m${file}_${at} = ${at};`),
      ),
    );
  }
  commit(scene, "a million lines");
  const { memory: peak, time } = timed(scene, [binary, "commit-link"]);
  const limit = 256 * 1024 * 1024;
  return [
    {
      name: "1 M lines of agents: peak memory",
      measured: mib(peak),
      goal: "≤ 256 MiB",
      met: peak <= limit,
    },
    { name: "1 M lines of agents: time", measured: ms(time) },
  ];
}

export async function measureCommits(directory: string): Promise<Figure[]> {
  return [...ofPeople(directory), ...ofAgents(directory), ...memory(directory)];
}

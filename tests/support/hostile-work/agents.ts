/** What agents do: they change a file and their hooks tell of it, as a rule. */
import { join } from "node:path";
import { type Line, textOf, textsOf } from "./line.ts";
import { patchOf } from "./patch-of.ts";
import type { Scene } from "./scene.ts";

/** What becomes of an edit's event. */
export type Fate = "recorded" | "late" | "lost" | "killed" | "formatted";

/** Where this agent keeps its transcripts; these two write none. */
export function transcriptOf(scene: Scene, session: string): string {
  return join(scene.home, ".claude/projects/work", `${session}.jsonl`);
}

/** What agents tell of every tool call. */
export function callOf(
  scene: Scene,
  path: string,
  { name, input }: { name: string; input: object },
) {
  const session = scene.random.pick(["one", "two"]);
  return {
    session_id: session,
    transcript_path: transcriptOf(scene, session),
    cwd: scene.root,
    tool_name: name,
    tool_use_id: `toolu_${scene.next()}`,
    tool_input: { file_path: join(scene.root, path), ...input },
  };
}

/** New text for some lines of a file, as an agent puts it; equal lines within it cannot be told apart by a diff. */
function rewrite(scene: Scene, old: readonly Line[], exact: boolean): Line[] {
  const { random } = scene;
  const put: Line[] = [];
  for (const line of old) {
    if (random.chance(0.2)) put.push(...scene.lines(scene.code(1), "agent"));
    const fate = random.next();
    if (fate < 0.6) put.push(line);
    else if (fate < 0.84) put.push(...scene.lines(scene.code(1), "agent"));
  }
  put.push(...scene.lines(random.chance(0.5) ? scene.function() : scene.code(2), "agent"));
  if (exact) return put;
  const known = textsOf(old);
  const added = textsOf(put.filter((line) => !old.includes(line)));
  // Where the agent repeats a line and writes an equal one, nobody can tell by the text which of all it kept.
  if (added.isDisjointFrom(known)) return put;
  return put.map((line) => (known.has(line.text) ? { ...line, hand: "either" } : line));
}

/** An edit before it is made. */
interface Plan {
  readonly path: string;
  readonly isNew: boolean;
  /** The agent tells positions and the former text. */
  readonly exact: boolean;
  /** The lines before, and which of them are replaced by what. */
  readonly lines: readonly Line[];
  readonly from: number;
  readonly to: number;
  readonly put: readonly Line[];
}

function plan(scene: Scene): Plan {
  const { random } = scene;
  const isNew = random.chance(0.15);
  const [path, lines]: [string, Line[]] = isNew
    ? [`${random.pick(["new", "crlf-new", "nofinal-new"])}${scene.next()}.go`, []]
    : scene.pickFile();
  const whole = isNew || random.chance(0.2);
  const exact = random.chance(0.7);
  const from = whole ? 0 : scene.pickPlace(lines);
  const to = whole ? lines.length : Math.min(lines.length, from + 1 + random.below(5));
  const old = lines.slice(from, to);
  if (!whole && old.length === 0) return plan(scene);
  const put = isNew
    ? scene.lines(
        Array.from({ length: 1 + random.below(3) }, () => scene.function()).flat(),
        "agent",
      )
    : rewrite(scene, old, exact);
  return { path, isNew, exact, lines, from, to, put };
}

/** The call that makes a planned edit: by strings, where they name one place, else by the whole text. */
function requestOf({ path, isNew, lines, from, to, put }: Plan, next: readonly Line[]) {
  const part = (list: readonly Line[]): string => list.map((line) => `${line.text}\n`).join("");
  const old = part(lines.slice(from, to));
  const unix = (list: readonly Line[]): string => textOf(path, list).replaceAll("\r\n", "\n");
  const all = unix(lines);
  // Only text that stands there once can be named.
  const isOnce = all.indexOf(old) === all.lastIndexOf(old) && all.includes(old);
  const isSpliced = all.replace(old, () => part(put)) === unix(next);
  const isWhole = isNew || (from === 0 && to === lines.length);
  const isWrite = isWhole || !isOnce || !isSpliced || put.length === 0;
  const content = textOf(path, next);
  return isWrite
    ? { name: "Write", input: { content }, answer: { content } }
    : {
        name: "Edit",
        input: { old_string: old, new_string: part(put), replace_all: false },
        answer: { oldString: old, newString: part(put), replaceAll: false },
      };
}

/** An agent edits a file. With `late` its event is given back, to be sent by whoever asked. */
export async function agentEdits(
  scene: Scene,
  fate: Fate = "recorded",
): Promise<{ hook_event_name: string } | undefined> {
  const { random } = scene;
  const planned = plan(scene);
  const { path, isNew, exact, lines, from, to, put } = planned;
  const intended = [...lines.slice(0, from), ...put, ...lines.slice(to)];
  const request = requestOf(planned, intended);
  const isWrite = request.name === "Write";
  const call = callOf(scene, path, request);
  scene.log.push(
    `agent ${fate} ${isWrite ? "writes" : "edits"} ${path}:${from + 1}-${to} (${put.length})`,
  );
  const isAnnounced = fate !== "lost" && random.chance(0.5);
  if (isAnnounced) await scene.events.send({ hook_event_name: "PreToolUse", ...call });
  scene.write(path, afterFate(scene, planned, { fate, intended }));
  if (fate === "lost") return undefined;
  const response = {
    type: isNew ? "create" : "update",
    filePath: call.tool_input.file_path,
    // Left out now and then, but never where nothing at all would tell what stood there.
    originalFile:
      !isNew && (exact || (isWrite && !isAnnounced) || random.chance(0.7))
        ? textOf(path, lines)
        : null,
    ...request.answer,
    userModified: false,
    structuredPatch: exact && !isNew ? [patchOf(lines, { from, to, put })] : [],
  };
  const event = { hook_event_name: "PostToolUse", ...call, tool_response: response };
  if (fate === "late") return event;
  await scene.events.send(event, fate === "killed" ? 1 + random.below(14) : undefined);
  return undefined;
}

/** What stands there once the edit is made: of what no hook told whole, nothing is expected. */
function afterFate(
  scene: Scene,
  { lines, from, to, put }: Plan,
  { fate, intended }: { fate: Fate; intended: readonly Line[] },
): Line[] {
  if (fate === "lost" || fate === "killed") {
    const known = new Set(lines.map(({ id }) => id));
    // What came and went unseen among equal lines cannot be told from them.
    const unseen = textsOf([...lines.slice(from, to), ...put]);
    return intended.map((line): Line => {
      const isUnseen = unseen.has(line.text) && scene.written.has(line.text);
      return isUnseen || !known.has(line.id) ? { ...line, hand: "either" } : line;
    });
  }
  if (fate !== "formatted") return [...intended];
  return intended.map((line): Line => {
    if (line.text === "" || !scene.random.chance(0.3)) return line;
    const text = line.text.startsWith("\t") ? `  ${line.text.slice(1)}` : `${line.text} `;
    if (scene.written.has(line.text)) scene.written.add(text);
    return { text, hand: line.hand === "agent" ? "either" : line.hand, id: scene.next() };
  });
}

/** Two agents at once: the first edit is reported after the second. */
export async function agentsAtOnce(scene: Scene): Promise<void> {
  const late = await agentEdits(scene, "late");
  await agentEdits(scene);
  if (late !== undefined) await scene.events.send(late);
}

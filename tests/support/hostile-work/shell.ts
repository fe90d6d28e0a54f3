/** Commands of agents, of which no edit is told: only that one begins and ends. */
import { renameSync } from "node:fs";
import { join } from "node:path";
import { transcriptOf } from "./agents.ts";
import type { Line } from "./line.ts";
import type { Scene } from "./scene.ts";
import { nameFor } from "./work-tree.ts";

/** A command puts lines into a file or gives it another name; it may fail and have done so all the same. */
export async function agentRunsCommand(scene: Scene): Promise<void> {
  const { random } = scene;
  const isMove = random.chance(0.3);
  const isFailing = random.chance(0.2);
  const [path, lines] = scene.pickFile();
  const target = nameFor(scene, path);
  const session = random.pick(["one", "two"]);
  const call = {
    session_id: session,
    transcript_path: transcriptOf(scene, session),
    cwd: scene.root,
    tool_name: "Bash",
    tool_use_id: `toolu_${scene.next()}`,
    tool_input: { command: isMove ? `mv ${path} ${target}` : `sed -i '3a\\…' ${path}` },
  };
  scene.log.push(`agent runs ${call.tool_input.command}${isFailing ? ", which fails" : ""}`);
  await scene.events.send({ hook_event_name: "PreToolUse", ...call });
  if (isMove) rename(scene, path, target);
  else scene.write(path, withNewLines(scene, lines));
  const response = isFailing ? { error: "exit 1" } : { stdout: "", stderr: "", interrupted: false };
  await scene.events.send({
    hook_event_name: isFailing ? "PostToolUseFailure" : "PostToolUse",
    ...call,
    tool_response: response,
  });
}

/** Lines that stand nowhere else: of equal ones a comparison could not tell which is new. */
function withNewLines(scene: Scene, lines: readonly Line[]): Line[] {
  const at = scene.random.below(lines.length + 1);
  const texts = Array.from(
    { length: 1 + scene.random.below(3) },
    () => `\tcommand${scene.random.below(1e9)}(y)`,
  );
  return [...lines.slice(0, at), ...scene.lines(texts, "agent"), ...lines.slice(at)];
}

function rename(scene: Scene, path: string, target: string): void {
  for (const [root] of scene.views()) renameSync(join(root, path), join(root, target));
  const lines = scene.files.get(path) ?? [];
  scene.files.delete(path);
  scene.files.set(target, lines);
  scene.moved.add(target);
}

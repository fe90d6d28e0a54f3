import { cpSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type AgentSession, agentSession } from "./agent-session.ts";
import { baseFiles, onThisMachine, readCaptured } from "./captured-sessions.ts";
import { ToolEffects } from "./tool-effects.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Lines of the committed tree after a session: whose each one is, and whom blame gives it to. */
export interface Judgement {
  readonly right: number;
  /** As `path:line text`. */
  readonly missed: readonly string[];
  readonly wronglyClaimed: readonly string[];
}

/** A repository in the state in which the captured sessions began, and a home with what the agent itself wrote. */
export async function capturedScene(
  copies: Readonly<Record<string, string>> = {},
): Promise<AgentSession> {
  const session = await agentSession();
  session.repo.commit("base", baseFiles);
  const paths = { project: session.repo.path, home: session.home };
  for (const [source, target] of Object.entries(copies)) {
    const place = join(session.home, target);
    mkdirSync(dirname(place), { recursive: true });
    cpSync(source, place, { recursive: true });
    for (const file of filesBelow(place)) {
      writeFileSync(file, onThisMachine(readFileSync(file, "utf8"), paths));
    }
  }
  return session;
}

function filesBelow(path: string): string[] {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path).flatMap((name) => filesBelow(join(path, name)));
}

/** Sends one payload as the agent did. */
export async function send(session: AgentSession, payload: Fields): Promise<void> {
  const outcome = await session.run(["record"], { stdin: JSON.stringify(payload) });
  if (outcome.exitCode !== 0 || outcome.stdout !== "") throw new Error(outcome.stderr);
}

/** The calls of a file of captures, in their order. */
export function callsOf(session: AgentSession, file: string): Fields[] {
  return readCaptured(file, { project: session.repo.path, home: session.home });
}

/**
 * Plays captured payloads to the program: what a call did happens between the event before it and the event after
 * it, a command in the background and one that nothing is reported of later, after so many more events as it took then.
 */
export async function replayPayloads(
  session: AgentSession,
  payloads: readonly Fields[],
  apply: (effects: ToolEffects, payload: Fields, phase: "before" | "after") => (() => void) | void,
  patience = 4,
): Promise<void> {
  const effects = new ToolEffects(session.repo.path);
  let late: { wait: number; run: () => void }[] = [];
  for (const payload of payloads) {
    apply(effects, payload, "before");
    await send(session, payload);
    const later = apply(effects, payload, "after");
    if (later !== undefined) late.push({ wait: patience, run: later });
    for (const entry of late) if (--entry.wait === 0) entry.run();
    late = late.filter(({ wait }) => wait > 0);
  }
}

/** Commits everything and compares: what differs from the base, HEAD without one, is the agent's, and nothing else. */
export async function judge(
  session: AgentSession,
  base = session.repo.run(["rev-parse", "HEAD"]),
): Promise<Judgement> {
  session.repo.run(["config", "core.excludesFile", "/dev/null"]);
  await session.commit("work");
  const files = session.repo.run(["ls-files"]).split("\n");
  let right = 0;
  const missed: string[] = [];
  const wronglyClaimed: string[] = [];
  for (const path of files) {
    if (path.startsWith(".claude")) continue;
    const claimed = new Set(await session.aiLines(path));
    const blamed = session.repo.run(["blame", "--line-porcelain", "--", path]).split("\n");
    let line = 0;
    let commit = "";
    for (const row of blamed) {
      if (/^[0-9a-f]{40} /.test(row)) commit = row.slice(0, 40);
      if (!row.startsWith("\t")) continue;
      line++;
      const isAgents = commit !== base;
      const told = `${path}:${line} ${row.slice(1)}`;
      if (isAgents && claimed.has(line)) right++;
      else if (isAgents) missed.push(told);
      else if (claimed.has(line)) wronglyClaimed.push(told);
    }
  }
  return { right, missed, wronglyClaimed };
}

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { AgentSession } from "../../support/agent-session.ts";

/** An agent's lines by their numbers. */
export const lines = (from: number, to: number, word = "agent's line"): string =>
  Array.from({ length: to - from + 1 }, (_, at) => `${word} ${from + at}\n`).join("");

/** What the only project of a home keeps in one of its files. */
export function rows<T>(session: AgentSession, name: string): T[] {
  const projects = join(session.home, ".agent-trace", "projects");
  const [project = ""] = readdirSync(projects);
  try {
    const text = readFileSync(join(projects, project, name), "utf8");
    return text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as T);
  } catch {
    return [];
  }
}

/** Has git run no hook. */
export const bare = ["-c", "core.hooksPath=/nonexistent"];

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Trace } from "../../src/schema/trace.ts";
import type { AgentSession } from "../support/agent-session.ts";

export function projectDirectories(session: AgentSession): string[] {
  const projects = join(session.home, ".agent-trace", "projects");
  return readdirSync(projects).map((name) => join(projects, name));
}

/** All traces of all projects of a home. */
export function traces(session: AgentSession): Trace[] {
  return projectDirectories(session)
    .map((directory) => join(directory, "traces.jsonl"))
    .filter((file) => existsSync(file))
    .flatMap((file) => readFileSync(file, "utf8").trimEnd().split("\n"))
    .map((line) => JSON.parse(line) as Trace);
}

import { join } from "node:path";
import type { Context, Program } from "../../context.ts";
import type { Environment } from "../../environment.ts";

/** A summarising agent is no session of the person's: our hooks see this and stay silent. */
export const silence = { AGENT_TRACE_SUMMARY: "1" } as const;

/** What an agent puts into the environment of its hooks. With these another one of its kind would take itself for nested. */
const ofSession = [
  "CLAUDECODE",
  "CLAUDE_CODE_ENTRYPOINT",
  "CLAUDE_CODE_SESSION_ID",
  "CLAUDE_CODE_CHILD_SESSION",
  "CLAUDE_CODE_MESSAGING_TOKEN",
  "CLAUDE_PID",
  "CLAUDE_PROJECT_DIR",
  "CLAUDE_ENV_FILE",
  "CURSOR_AGENT",
  "GEMINI_CLI",
];

/** The environment of a summariser. Editors start hooks with a short `PATH`: where programs often are is put behind it. */
export function summariserEnvironment({
  environment,
  userHome,
}: Pick<Context, "environment" | "userHome">): Environment {
  const own = { ...environment, ...silence } as Record<string, string | undefined>;
  for (const name of ofSession) delete own[name];
  const often = ["/opt/homebrew/bin", "/usr/local/bin"];
  if (userHome !== undefined) often.push(join(userHome, ".local", "bin"));
  own["PATH"] = [environment["PATH"] ?? "", ...often].filter((part) => part !== "").join(":");
  return own;
}

/** This program, as another process calls it; from its sources it has no path of its own. */
export function ownCommand({ path, target }: Pick<Program, "path" | "target">): string[] {
  return target === "source" ? [path, Bun.main] : [path];
}

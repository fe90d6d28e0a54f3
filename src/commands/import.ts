import { agentNamed, agents } from "../capture/agents.ts";
import { agentsWithSessions } from "../capture/find-sessions.ts";
import { defineCommand } from "../command.ts";
import { AppError } from "../errors.ts";
import { plural } from "../terminal/text.ts";
import { parseSince } from "../workflows/exchange/parse-since.ts";
import { findProject } from "../workflows/projects/find-project.ts";
import { importSessions } from "../workflows/provenance/import-sessions.ts";
import { parseTools } from "../workflows/set-up/global-hooks.ts";

export default defineCommand({
  summary: "Take over what agents kept before this repository was set up",
  details:
    "With `--sessions`: conversations about this repository that agents keep in your home, and which files they edited. No line becomes an agent's by it, for nothing proves which lines of today's commits came of an old session. It can be repeated.",
  args: {
    sessions: { type: "boolean", description: "conversations that agents keep" },
    agent: {
      type: "string",
      valueHint: "AGENT",
      repeatable: true,
      description: `only this agent: ${agentsWithSessions.join(", ")}`,
    },
    since: { type: "string", valueHint: "TIME", description: "only sessions written since then" },
    "dry-run": { type: "boolean", description: "show what would be taken over and do nothing" },
  },
  examples: [
    { does: "take over all sessions of this repository", line: "agent-trace import --sessions" },
    {
      does: "those of Codex since February",
      line: "agent-trace import --sessions --agent codex --since 2026-02-01",
    },
  ],
  run(context, args) {
    const { terminal } = context;
    if (args.sessions !== true) {
      throw new AppError("usage", "nothing to import was named", { hint: "add `--sessions`" });
    }
    const since = parseSince(args.since);
    const chosen = args.agent === undefined ? agents : parseTools(args.agent);
    const unable =
      args.agent === undefined
        ? undefined
        : chosen.find(({ name }) => !agentsWithSessions.includes(name));
    if (unable !== undefined) {
      throw new AppError("usage", `sessions of ${unable.title} cannot be found afterwards`, {
        hint: `choose one of ${agentsWithSessions.join(", ")}`,
      });
    }
    const dryRun = args["dry-run"] === true;
    const found = importSessions(context, findProject(context), {
      agents: chosen,
      since: since === undefined ? undefined : Number(since / 1000n),
      dryRun,
    });
    const verb = dryRun ? "would take over" : "took over";
    for (const { agent, sessions, conversations, files } of found) {
      const title = agentNamed(agent)?.title ?? agent;
      terminal.print(
        `${title}: ${verb} ${plural(conversations, "conversation")} of ${plural(sessions, "session")}, ${plural(files, "edited file")}`,
      );
    }
    if (found.length === 0) terminal.print("no session of this repository was found");
    terminal.answer("import", { dry_run: dryRun, agents: found });
  },
});

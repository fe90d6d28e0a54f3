import { resolve } from "node:path";
import { agentNamed, agents } from "../capture/agents.ts";
import { agentsWithSessions } from "../capture/find-sessions.ts";
import { defineCommand } from "../command.ts";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { count, plural } from "../terminal/text.ts";
import { parseSince } from "../workflows/exchange/parse-since.ts";
import { findProject } from "../workflows/projects/find-project.ts";
import { importSessions } from "../workflows/provenance/import-sessions.ts";
import { importRecords } from "../workflows/records/import-records.ts";
import { parseTools } from "../workflows/set-up/global-hooks.ts";

export default defineCommand({
  summary: "Take over what agents kept before this repository was set up",
  details:
    "With `--sessions`: conversations about this repository that agents keep in your home, and which files they edited. No line becomes an agent's by it, for nothing proves which lines of today's commits came of an old session. Of a file: records of the specification Agent Trace (0.1.0), one a line, a list or a single one. A line becomes an agent's where the record's revision is a commit here that added it, and the record gives the SHA-256 of its text; a commit that has a ledger keeps that. Both can be repeated.",
  args: {
    file: {
      type: "positional",
      required: false,
      description: "a file of Agent Trace records",
      completes: "none",
    },
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
    { does: "records of another program", line: "agent-trace import records.jsonl" },
    { does: "take over all sessions of this repository", line: "agent-trace import --sessions" },
    {
      does: "those of Codex since February",
      line: "agent-trace import --sessions --agent codex --since 2026-02-01",
    },
  ],
  async run(context, args) {
    const { terminal } = context;
    if (args.file !== undefined) return importFile(context, { ...args, file: args.file });
    if (args.sessions !== true) {
      throw new AppError("usage", "nothing to import was named", {
        hint: "add `--sessions`, or name a file of Agent Trace records",
      });
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

async function importFile(
  context: Context,
  args: {
    readonly file: string;
    readonly sessions?: boolean | undefined;
    readonly agent?: string | undefined;
    readonly since?: string | undefined;
    readonly "dry-run"?: boolean | undefined;
  },
): Promise<void> {
  const { terminal } = context;
  if (args.sessions === true || args.agent !== undefined || args.since !== undefined) {
    throw new AppError("usage", "`--sessions`, `--agent` and `--since` are not for a file");
  }
  const dryRun = args["dry-run"] === true;
  const file = resolve(context.cwd, args.file);
  const done = await importRecords(findProject(context), file, { now: context.now(), dryRun });
  const verb = dryRun ? "would take over" : "took over";
  const known = done.known === 0 ? "" : `, ${count(done.known)} known already`;
  terminal.print(`${verb} ${plural(done.records, "record")}${known}`);
  terminal.print(`${plural(done.lines, "line")} AI in ${plural(done.commits, "commit")}`);
  if (done.unproven > 0) {
    terminal.print(
      `${plural(done.unproven, "range")} without proof: no commit here has that text, or no SHA-256 is given`,
    );
  }
  if (done.unreadable > 0)
    terminal.warn(`${plural(done.unreadable, "value")} in it are no records`);
  terminal.answer("import", { dry_run: dryRun, ...done });
}

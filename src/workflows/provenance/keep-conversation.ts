import { isAbsolute } from "node:path";
import type { Program } from "../../context.ts";
import type { Environment } from "../../environment.ts";
import { findRepository } from "../../git/find-repository.ts";
import type { AgentEvent } from "../../schema/agent-event.ts";
import { conversationIdOf } from "../../schema/digest.ts";
import type { ProjectPaths } from "../../store/files/paths.ts";
import { growLiveCopy } from "../../store/transcripts/live-copy.ts";
import { unfitSource } from "../../store/transcripts/unfit-source.ts";
import { projectOf } from "../projects/find-project.ts";

export interface ConversationWorld {
  readonly home: string;
  readonly environment: Environment;
  /** What is started where a session ends. */
  readonly program: Program;
}

/**
 * Brings the conversation's live copy up to date in every project that the event touches, or that the agent stands in,
 * and has a session that ends summarised. Gives what is worth telling of a transcript that cannot be kept.
 */
export async function keepConversation(
  world: ConversationWorld,
  event: AgentEvent,
  touched: readonly ProjectPaths[],
): Promise<string | undefined> {
  const projects = projectsOf(world, event, touched);
  const remark = growTranscript(world, event, projects);
  if (endsSession(event)) await summarise(world, event, projects);
  return remark;
}

/** What is worth telling of a transcript that cannot be kept; undefined when all is well. */
function growTranscript(
  world: ConversationWorld,
  event: AgentEvent,
  projects: readonly ProjectPaths[],
): string | undefined {
  const { transcriptPath: path, parentTranscriptPath } = event;
  if (path === undefined || !isAbsolute(path) || path.includes("\0")) return undefined;
  let remark: string | undefined;
  const paths = [path, ...(parentTranscriptPath === undefined ? [] : [parentTranscriptPath])];
  for (const [project, source] of projects.flatMap((one) =>
    paths.map((each) => [one, each] as const),
  )) {
    const growth = growLiveCopy(project, {
      path: source,
      agent: event.agent.name,
      session: event.sessionId,
      unfit:
        event.hasForeignTranscript === true
          ? "it stands where this agent keeps none"
          : unfitSource(source, world.home),
      ...(source === path && parentTranscriptPath !== undefined
        ? { parent: conversationIdOf(parentTranscriptPath) }
        : {}),
      last: endsSession(event) || event.name === "SubagentStop",
    });
    if (growth.state === "left alone" && growth.said) remark = `transcript: ${growth.reason}`;
  }
  return remark;
}

/** The projects that an event touches, else the one that the agent stands in. */
function projectsOf(
  world: ConversationWorld,
  { cwd }: AgentEvent,
  touched: readonly ProjectPaths[],
): ProjectPaths[] {
  if (touched.length > 0) return [...touched];
  if (cwd === undefined || !isAbsolute(cwd)) return [];
  const repository = findRepository(cwd);
  const project = repository === undefined ? undefined : projectOf(repository, world.home);
  return project === undefined ? [] : [project];
}

function endsSession({ isLast, name }: AgentEvent): boolean {
  return isLast === true || name === "SessionEnd";
}

/** Has the conversation summarised where that was asked for; the module is loaded at a session's end alone. */
async function summarise(
  world: ConversationWorld,
  { transcriptPath }: AgentEvent,
  projects: readonly ProjectPaths[],
): Promise<void> {
  if (transcriptPath === undefined || projects.length === 0) return;
  const conversation = conversationIdOf(transcriptPath);
  const { startSummary } = await import("../summarising/start-at-session-end.ts");
  for (const project of projects) startSummary(world, { project, conversation });
}

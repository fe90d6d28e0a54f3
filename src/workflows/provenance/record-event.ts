import { isAbsolute, resolve } from "node:path";
import { decodeText } from "../../attribution/lines.ts";
import { isRecorded, observeFile, rangesOf, recordEdits } from "../../attribution/pending-file.ts";
import { type TracedFile, buildTrace } from "../../attribution/trace.ts";
import {
  type Location,
  type Repository,
  findRepository,
  locateFile,
} from "../../git/find-repository.ts";
import { readHead } from "../../git/read-head.ts";
import type { AgentEdit, AgentEvent } from "../../schema/agent-event.ts";
import { conversationIdOf } from "../../schema/digest.ts";
import type { PendingClaim, PendingFile } from "../../schema/pending.ts";
import { formatRecordTime } from "../../schema/time.ts";
import type { ProjectPaths } from "../../store/files/paths.ts";
import {
  type PendingPlace,
  deletePending,
  lockPending,
  readPending,
  writePending,
} from "../../store/pending.ts";
import { readShellWindows } from "../../store/shell-state.ts";
import { appendTrace } from "../../store/records.ts";
import { projectOf } from "../projects/find-project.ts";
import { committable, heldFor, readContent } from "./edited-files.ts";
import { type ConversationWorld, keepConversation } from "./keep-conversation.ts";
import { placeOf } from "./work-tree-place.ts";

export interface RecordWorld extends ConversationWorld {
  now(): Date;
}

/** What only the agent's files tell; asked for when a trace is about to be written. */
export type ReadOrigin = () => {
  readonly model: string | undefined;
  readonly version: string | undefined;
};

/** What became of an event. */
export interface Recorded {
  /** What is worth telling of a transcript that cannot be kept; undefined when all is well. */
  readonly remark: string | undefined;
  /** Why no line of it was recorded; undefined where one was. In words of ours, for the journal. */
  readonly ignored: string | undefined;
}

interface WorkTreeEdits {
  readonly repository: Repository;
  readonly project: ProjectPaths;
  readonly edits: Map<string, AgentEdit[]>;
}

/**
 * Takes in one event of an agent. For each work tree that it touches: the trace first, then the pending files, so that
 * a kill in between leaves a trace whose hashes still tell what the positions would have told. When this returns,
 * no kill of any process loses what was recorded. Files outside of initialised repositories are ignored.
 */
export async function recordEvent(
  world: RecordWorld,
  event: AgentEvent,
  readOrigin: ReadOrigin,
): Promise<Recorded> {
  const workTrees = groupEdits(world, event);
  // What a command did comes before what an edit that begins now finds, and behind what one that ended did.
  const told: (string | undefined)[] = [];
  if (event.phase === "before") told.push(await watchCommands(world, event, readOrigin));
  for (const workTree of workTrees) {
    if (event.phase === "before") await observe(world, workTree);
    else told.push(await record(world, event, { workTree, readOrigin }));
  }
  if (event.phase !== "before") told.push(await watchCommands(world, event, readOrigin));
  const touched = workTrees.map(({ project }) => project);
  const remark = await keepConversation(world, event, touched);
  const isRecordedOnce = told.includes(undefined);
  return { remark, ignored: isRecordedOnce ? undefined : whyIgnored(event, workTrees, told) };
}

function whyIgnored(
  { phase, isShell, edits }: AgentEvent,
  workTrees: readonly WorkTreeEdits[],
  told: readonly (string | undefined)[],
): string {
  if (phase === "session") return "no edit in it";
  if (edits.length > 0 && workTrees.length === 0) return "a file where nothing is set up";
  if (phase === "before") return isShell ? "a command begins" : "an edit begins";
  return told.find((why) => why !== undefined && why !== noCommand) ?? told[0] ?? "no edit in it";
}

const noCommand = "no command at work";

/** Where the agent stands, its commands change files. Other events cost no more than the question whether any runs. */
async function watchCommands(
  world: RecordWorld,
  event: AgentEvent,
  readOrigin: ReadOrigin,
): Promise<string | undefined> {
  const { cwd, sessionId } = event;
  if (cwd === undefined || !isAbsolute(cwd) || cwd.includes("\0")) return noCommand;
  const repository = findRepository(cwd);
  const paths = repository === undefined ? undefined : projectOf(repository, world.home);
  if (repository === undefined || paths === undefined) {
    return event.isShell ? "a command where nothing is set up" : noCommand;
  }
  const windows = readShellWindows(placeOf(paths, repository));
  if (!event.isShell && !windows.some(({ session }) => session === sessionId)) return noCommand;
  const { watchShell } = await import("./shell/watch-shell.ts");
  const project = { paths, git: { repository, environment: world.environment } };
  const files = await watchShell({ now: () => world.now(), readOrigin }, project, event);
  return files > 0 ? undefined : "the command wrote no line";
}

/** The edits by work tree and path; several edits of one file stay in their order. */
function groupEdits(world: RecordWorld, event: AgentEvent): WorkTreeEdits[] {
  const groups = new Map<string, WorkTreeEdits>();
  for (const edit of event.edits) {
    const location = locate(event, edit);
    if (location === undefined) continue;
    const { repository, path } = location;
    let group = groups.get(repository.workTree);
    if (group === undefined) {
      const project = projectOf(repository, world.home);
      if (project === undefined) continue;
      group = { repository, project, edits: new Map() };
      groups.set(repository.workTree, group);
    }
    const edits = group.edits.get(path);
    if (edits === undefined) group.edits.set(path, [edit]);
    else edits.push(edit);
  }
  return [...groups.values()];
}

function locate(event: AgentEvent, edit: AgentEdit): Location | undefined {
  if (edit.path.includes("\0")) return undefined;
  if (isAbsolute(edit.path)) return locateFile(edit.path);
  return event.cwd === undefined ? undefined : locateFile(resolve(event.cwd, edit.path));
}

/** Before an edit: what stands there now is not the agent's, unless it was the last time we looked. */
async function observe(
  world: RecordWorld,
  { repository, project, edits }: WorkTreeEdits,
): Promise<void> {
  const place = placeOf(project, repository);
  const paths = await committable(world, { repository, place }, [...edits.keys()]);
  using _lock = lockPending(place);
  for (const path of paths) {
    const content = readContent(repository, path);
    if (content === undefined) continue;
    const pending = readPending(place, path);
    const text = decodeText(content);
    if ((pending?.text ?? "") !== text) writePending(place, observeFile(pending, path, text));
  }
}

async function record(
  world: RecordWorld,
  event: AgentEvent,
  { workTree, readOrigin }: { workTree: WorkTreeEdits; readOrigin: ReadOrigin },
): Promise<string | undefined> {
  const { repository, project, edits } = workTree;
  const place = placeOf(project, repository);
  const [revision, paths] = await Promise.all([
    readHead({ repository, environment: world.environment }),
    committable(world, { repository, place }, [...edits.keys()]),
  ]);
  const wanted = new Set(paths);
  if (wanted.size === 0) return "a file that git passes over";
  const { lock, failure } = tryPending(place);
  using _lock = lock;
  const fresh = [...edits]
    .filter(([path]) => wanted.has(path))
    .map(([path, fileEdits]) => ({ path, fileEdits, ...heldFor(place, path, fileEdits) }))
    .filter(({ known }) => !isRecorded(known, event.toolUseId));
  if (fresh.length === 0) return "reported before";
  const claim = claimOf(world, event, readOrigin);
  const files: TracedFile[] = [];
  const pendingFiles: PendingFile[] = [];
  for (const { path, fileEdits, known } of fresh) {
    const content = readContent(repository, path, fileEdits);
    if (content === undefined) continue;
    const pending = recordEdits(known, fileEdits, {
      path,
      text: decodeText(content),
      claim,
      toolUse: event.toolUseId,
    });
    pendingFiles.push(pending);
    files.push({ path, content, ranges: rangesOf(pending, claim.traceId) });
  }
  if (files.length === 0) return "a file without lines";
  const metadata = metadataOf(
    event,
    fresh.flatMap(({ fileEdits }) => fileEdits),
  );
  appendTrace(project, buildTrace(claim, files, { revision, metadata }));
  // Without the lock the positions are lost; the trace's hashes are not.
  if (lock === undefined) throw failure;
  for (const pending of pendingFiles) writePending(place, pending);
  for (const { former } of fresh) if (former !== undefined) deletePending(place, former);
  return undefined;
}

function tryPending(place: PendingPlace): { lock?: Disposable; failure?: unknown } {
  try {
    return { lock: lockPending(place) };
  } catch (failure) {
    return { failure };
  }
}

function claimOf(world: RecordWorld, event: AgentEvent, readOrigin: ReadOrigin): PendingClaim {
  const { model, version } = readOrigin();
  const { transcriptPath, agent } = event;
  return {
    traceId: crypto.randomUUID(),
    timestamp: formatRecordTime(world.now()),
    modelId: event.model ?? model,
    conversationId: transcriptPath === undefined ? undefined : conversationIdOf(transcriptPath),
    tool: { name: agent.name, version: agent.version ?? version },
  };
}

function metadataOf(event: AgentEvent, edits: readonly AgentEdit[]): Record<string, unknown> {
  return {
    ...(event.sessionId === undefined ? {} : { session_id: event.sessionId }),
    ...(event.toolName === undefined ? {} : { tool_name: event.toolName }),
    ...(event.toolUseId === undefined ? {} : { tool_use_id: event.toolUseId }),
    ...(event.parentTranscriptPath === undefined
      ? {}
      : { parent_conversation_id: conversationIdOf(event.parentTranscriptPath) }),
    is_creation: edits.every((edit) => edit.textBefore === null),
    ...(edits.some((edit) => edit.userModified) ? { user_modified: true } : {}),
  };
}

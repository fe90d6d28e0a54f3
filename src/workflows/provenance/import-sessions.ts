import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { Agent } from "../../capture/agents.ts";
import { readEditedFiles } from "../../capture/edited-files.ts";
import { type FoundSession, findSessions } from "../../capture/find-sessions.ts";
import { qualifyModel } from "../../capture/model-name.ts";
import type { Context } from "../../context.ts";
import { locateFile } from "../../git/find-repository.ts";
import { conversationIdOf, uuidOf } from "../../schema/digest.ts";
import { formatRecordTime } from "../../schema/time.ts";
import type { Trace } from "../../schema/trace.ts";
import { openHistory } from "../../store/open-history.ts";
import { appendTrace } from "../../store/records.ts";
import { growLiveCopy } from "../../store/transcripts/live-copy.ts";
import { unfitSource } from "../../store/transcripts/unfit-source.ts";
import type { Project } from "../projects/find-project.ts";

export interface ImportOptions {
  readonly agents: readonly Agent[];
  /** Sessions that were last written before this are left out; milliseconds since 1970. */
  readonly since: number | undefined;
  readonly dryRun: boolean;
}

/** What was taken over of one agent. */
export interface ImportedAgent {
  readonly agent: string;
  readonly sessions: number;
  /** Of them, those that were not kept here before. */
  readonly conversations: number;
  /** Files that they edited, each once a session. */
  readonly files: number;
}

/** The largest transcript that is read for the files that it edited; a larger one is kept all the same. */
const largestRead = 256 * 1024 * 1024;

/**
 * Takes over what agents kept of work in this repository before it was set up: the conversation, and a trace that says
 * which files the session edited. That trace has no lines and no hashes, so it never makes a line the agent's: a line
 * that stands in a commit today is not proved by a session that once edited its file. Safe to repeat.
 */
export function importSessions(
  context: Pick<Context, "home" | "environment" | "userHome">,
  project: Project,
  options: ImportOptions,
): ImportedAgent[] {
  const { workTree } = project.git.repository;
  using history = openHistory(project.paths);
  return options.agents.flatMap(({ name }) => {
    const found = findSessions(name, context, workTree).filter(({ path }) => {
      const changed = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
      const isNew = options.since === undefined || changed >= options.since;
      return isNew && unfitSource(path, context.home) === undefined;
    });
    if (found.length === 0) return [];
    let conversations = 0;
    let files = 0;
    for (const session of found) {
      const trace = traceOf(session, project);
      const isKnown = trace !== undefined && history.traces([trace.id]).has(trace.id);
      if (trace !== undefined && !isKnown) files += trace.files.length;
      if (options.dryRun) {
        conversations++;
        continue;
      }
      const growth = growLiveCopy(project.paths, {
        path: session.path,
        agent: name,
        ...(session.parent === undefined ? {} : { parent: conversationIdOf(session.parent) }),
        last: true,
      });
      if (growth.state === "grown") conversations++;
      if (trace !== undefined && !isKnown) appendTrace(project.paths, trace);
    }
    return [{ agent: name, sessions: found.length, conversations, files }];
  });
}

/** Undefined for one that is too large, gone, or not ours to read: its conversation is kept where it can be. */
function readTranscript(path: string): string | undefined {
  try {
    return statSync(path).size > largestRead ? undefined : readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** Undefined for a session that edited nothing in this work tree. */
function traceOf({ agent, path, parent }: FoundSession, project: Project): Trace | undefined {
  const text = readTranscript(path);
  if (text === undefined) return undefined;
  const { paths, time, model, cwd } = readEditedFiles(text);
  const { workTree } = project.git.repository;
  const inTree = paths.flatMap((file) => {
    const location = file.includes("\0") ? undefined : locateFile(resolve(cwd ?? workTree, file));
    return location?.repository.workTree === workTree ? [location.path] : [];
  });
  if (inTree.length === 0) return undefined;
  const conversation = conversationIdOf(path);
  const moment = new Date(time ?? statSync(path).mtimeMs);
  return {
    version: "2.0",
    // The same session makes the same trace, however often it is imported.
    id: uuidOf(`imported ${conversation}`),
    timestamp: formatRecordTime(Number.isNaN(moment.getTime()) ? new Date(0) : moment),
    tool: { name: agent },
    files: [...new Set(inTree)].sort().map((file) => ({
      path: file,
      conversations: [
        {
          contributor: {
            type: "ai",
            ...(model === undefined ? {} : { model_id: qualifyModel(model) }),
          },
          ranges: [],
          id: conversation,
        },
      ],
    })),
    metadata: {
      imported: true,
      ...(parent === undefined ? {} : { parent_conversation_id: conversationIdOf(parent) }),
    },
  };
}

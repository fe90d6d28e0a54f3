import { resolve } from "node:path";
import { segmentsOf } from "../../attribution/follow-ledger.ts";
import { isBinary } from "../../attribution/lines.ts";
import { AppError } from "../../errors.ts";
import { lookAt } from "../../git/look-at.ts";
import { readCommitFacts } from "../../git/read-commit-facts.ts";
import { openHistory } from "../../store/open-history.ts";
import { readNoted } from "../notes/read-noted.ts";
import { findTranscript } from "../../store/transcripts/transcript.ts";
import { highlight } from "../../viewer/highlight.ts";
import type { FileView, RunView, TextView, WhyView } from "../../viewer/views.ts";
import type { Project } from "../projects/find-project.ts";
import { readAttribution, readSource } from "../provenance/read-attribution.ts";
import { type Reading, openConversation } from "./read-conversation-view.ts";

const mostBytes = 16 * 1024 * 1024;
/** A conversation is read in pieces of this size, up to the prompt that is looked for. */
const pieceBytes = 1024 * 1024;

/** A file as it stands in the work tree, without a word on who wrote it: what can be shown at once. */
export function readTextView(project: Project, path: string): TextView {
  const file = resolve(project.git.repository.workTree, path);
  const found = readSource(project, file);
  const isText = found.content.length > 0 || lookAt(file)?.size === 0;
  return { path: found.path, lines: isText ? linesOf(found) : null };
}

function linesOf({ path, content }: { path: string; content: Uint8Array }): string[] {
  if (content.length > mostBytes) {
    throw new AppError("failed", `\`${path}\` is larger than 16 MiB`, {
      hint: "ask `agent-trace blame -l A-B` for some of its lines",
    });
  }
  const text = new TextDecoder().decode(content);
  if (text === "") return [];
  return text
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => line.replace(/\r$/, ""));
}

/** A file as it stands in the work tree, with who wrote each line and git's own word beside it. */
export async function readFileView(project: Project, path: string): Promise<FileView> {
  const found = await readAttribution(project, resolve(project.git.repository.workTree, path));
  const { content } = found;
  const isText = !isBinary(content) && (content.length > 0 || found.lines === 0);
  const lines = linesOf(found);
  const runs = found.attributions.map((run): RunView => ({
    start: run.start_line,
    end: run.end_line,
    ai: run.kind === "AI",
    agent: run.tool?.name ?? null,
    model: run.model_id,
    conversation: run.conversation_id,
    trace: run.trace_id,
    time: run.timestamp,
    commit: run.commit_sha,
    source: run.source,
  }));
  const commits = await readCommitFacts(project.git, [
    ...new Set(runs.flatMap(({ commit }) => commit ?? [])),
  ]);
  const conversations = [...new Set(runs.flatMap(({ conversation }) => conversation ?? []))];
  return {
    path: found.path,
    lines: isText ? lines : null,
    tokens: isText ? highlight(found.path, lines) : [],
    aiLines: found.aiLines,
    runs,
    commits: Object.fromEntries(commits),
    kept: conversations.filter((id) => findTranscript(project.paths, id, () => {}) !== undefined),
  };
}

/** Why a line is an agent's, fact by fact, each from a record that stands here. */
export async function readWhy(
  project: Reading,
  {
    path,
    commit,
    trace: traceId,
    line,
  }: { path: string; commit: string | null; trace: string | null; line: number },
): Promise<WhyView> {
  using history = openHistory(project.paths);
  const trace = traceId === null ? undefined : history.traces([traceId]).get(traceId);
  const ledger = commit === null ? undefined : history.ledgers([commit]).get(commit);
  const facts: { name: string; value: string }[] = [];
  const say = (name: string, value: unknown): void => {
    if (typeof value === "string" && value !== "") facts.push({ name, value });
  };
  say("Edit recorded", trace?.timestamp);
  say("Agent", [trace?.tool?.name, trace?.tool?.version].filter(Boolean).join(" "));
  say("Hook event", trace?.metadata?.["hook_event"] ?? trace?.metadata?.["hook_event_name"]);
  say("Tool", trace?.metadata?.["tool_name"]);
  say("Trace", traceId);
  if (commit === null)
    say(
      "How it was followed",
      "by position: the file's text at each edit is kept until a commit takes it",
    );
  if (ledger !== undefined) {
    say("Claimed in ledger", ledger.created_at);
    const { kind, source_sha } = ledger.derived_from ?? {};
    const carried =
      kind === undefined ? undefined : [kind, source_sha].filter(Boolean).join(" of ");
    say("Carried over by", carried);
    say(
      "How it was followed",
      ledger.used_fallback === true
        ? "some lines of this commit by the hashes of their text, the others by position"
        : "by position, from the edit to the commit",
    );
    const segments = segmentsOf(ledger, path);
    const evidence = segments
      .flatMap((segment) => segment.evidence ?? [])
      .find((one) => one.line === line);
    say("Evidence", evidence?.hash);
  } else if (commit !== null) {
    const noted = await readNoted(project.git, new Map([[commit, new Set([path])]]));
    const source = noted.get(commit)?.source;
    const word = "its author's word, as far as the committed text bears it out";
    if (source === "note") say("Known by", `the commit's git note: ${word}`);
    if (source === "git-ai") say("Known by", `git-ai's note of the commit: ${word}`);
  }
  say("Commit", commit ?? "none yet");
  return { facts, prompt: await promptBefore(project, trace?.timestamp, conversationOf(trace)) };
}

function conversationOf(
  trace:
    | { files: readonly { conversations: readonly { id?: string | undefined }[] }[] }
    | undefined,
) {
  return trace?.files
    .flatMap(({ conversations }) => conversations.map(({ id }) => id))
    .find((id) => id !== undefined);
}

async function promptBefore(
  project: Reading,
  time: string | undefined,
  id: string | undefined,
): Promise<WhyView["prompt"]> {
  if (time === undefined || id === undefined) return null;
  try {
    const { progress } = openConversation(project, id);
    const until = Date.parse(time);
    const { turns } = progress.conversation;
    const isPast = (): boolean => Date.parse(turns.at(-1)?.time ?? "") > until;
    while (!progress.isWhole && !isPast()) {
      await progress.reach({ turns: turns.length + 100, bytes: pieceBytes });
    }
    let found: WhyView["prompt"] = null;
    turns.forEach((turn, at) => {
      const words = turn.parts.find(({ kind }) => kind === "text");
      if (turn.speaker !== "user" || turn.subagent || words?.kind !== "text") return;
      if (turn.time !== undefined && Date.parse(turn.time) > until) return;
      found = { text: words.text, turn: at };
    });
    return found;
  } catch {
    // Nothing of the conversation is kept: there is no prompt to show.
    return null;
  }
}

import { type Notes, firstPlace } from "../../git/notes.ts";
import { type NoteChange, type ReadBlob, changeNotes } from "../../git/write-notes.ts";
import {
  type GitAiClaim,
  buildGitAiNote,
  gitAiNotes,
  isNameable,
  isWrittenBy,
  parseGitAiNote,
  renderGitAiNote,
} from "../../schema/git-ai-note.ts";
import type { Ledger } from "../../schema/ledger.ts";
import { largestNote } from "../../schema/note.ts";
import type { History } from "../../store/index/history.ts";
import { openHistory } from "../../store/open-history.ts";
import type { Project } from "../projects/find-project.ts";
import type { WrittenNotes } from "./annotate.ts";
import { ledgersIn } from "./rebuild-notes.ts";

/** How our notes under git-ai's ref are told from its own. */
const writer = "agent-trace";

export interface ExportedNotes extends WrittenNotes {
  /** Files whose names git-ai's format cannot write. */
  readonly unnameable: readonly string[];
}

/** Writes git-ai's notes of all commits of a range that have a ledger; those that another program wrote stay. */
export async function exportGitAi(
  project: Project,
  range: string | undefined,
  version: string,
): Promise<ExportedNotes> {
  const ledgers = await ledgersIn(project, range ?? "HEAD", range === undefined);
  const found = { same: 0, foreign: [] as string[] };
  const unnameable = new Set<string>();
  using history = openHistory(project.paths);
  const texts = ledgers.flatMap((ledger) => {
    const claims = claimsOf(ledger, history).filter(({ path }) => {
      if (isNameable(path)) return true;
      unnameable.add(path);
      return false;
    });
    const note = buildGitAiNote(ledger.commit_sha, claims, `${writer} ${version}`);
    return claims.length === 0
      ? []
      : [{ commit: ledger.commit_sha, content: renderGitAiNote(note) }];
  });
  const written = await changeNotes(
    project.git,
    { ref: gitAiNotes, message: "Notes of agent-trace in git-ai's form\n" },
    async (notes, read) => {
      Object.assign(found, { same: 0, foreign: [] });
      const changes: NoteChange[] = [];
      for (const { commit, content } of texts) {
        const { path, before } = await lookUp(commit, notes, read);
        if (before === content) found.same++;
        else if (before === undefined || isOurs(before)) changes.push({ path, content });
        else found.foreign.push(commit);
      }
      return changes;
    },
  );
  return { written, ...found, unnameable: [...unnameable] };
}

async function lookUp(
  commit: string,
  notes: Notes | undefined,
  read: ReadBlob,
): Promise<{ path: string; before: string | undefined }> {
  const { path, blob } = (await notes?.find(commit)) ?? firstPlace(commit);
  if (blob === undefined) return { path, before: undefined };
  // What is larger than any note is somebody's, and stays.
  const content = await read(blob, largestNote);
  return { path, before: content === undefined ? "" : Buffer.from(content).toString("utf8") };
}

function isOurs(text: string): boolean {
  const note = parseGitAiNote(Buffer.from(text));
  return note !== undefined && isWrittenBy(note, writer);
}

function claimsOf(ledger: Ledger, history: History): GitAiClaim[] {
  const traces = history.traces(ledger.trace_ids);
  return Object.entries(ledger.files).flatMap(([path, { line_attributions }]) =>
    line_attributions.map((segment): GitAiClaim => {
      const trace = segment.trace_id ?? "";
      const tool = traces.get(trace)?.tool?.name ?? "unknown";
      const agent = { tool, id: segment.conversation_id ?? trace, model: segment.model_id };
      return { path, lines: [segment.start_line, segment.end_line], agent, trace };
    }),
  );
}

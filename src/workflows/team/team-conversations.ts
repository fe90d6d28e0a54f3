import { openConversationReader } from "../../capture/read-conversation.ts";
import { HttpError } from "../../http/http-error.ts";
import type { BlobId } from "../../schema/ids.ts";
import { formatTime } from "../../schema/time.ts";
import type { SeenConversation } from "../../service/derived/derived-records.ts";
import type { Project } from "../../service/records.ts";
import type { Deployment } from "../../service/route.ts";
import type { TeamConversation, TeamConversations } from "../../viewer/team-views.ts";
import type { ConversationView, SeenPart, ToolView } from "../../viewer/views.ts";
import { readPart, viewTool } from "../viewing/conversation-part.ts";
import { type ConversationProgress, readInPieces } from "../viewing/conversation-progress.ts";

type Stores = Pick<Deployment, "records" | "blobs">;

/** A conversation that people look at is asked for part by part: what was read of it stays for a while. */
interface Kept {
  readonly key: string;
  readonly bytes: number;
  readonly progress: ConversationProgress;
}

const mostKept = 4;
/** Together; a larger one alone. */
const mostKeptBytes = 64 * 1024 * 1024;

/** The conversations of a service as its pages show them. */
export function teamConversations() {
  const kept: Kept[] = [];

  function open(
    stores: Stores,
    project: Project,
    found: { id: string; blob: BlobId; size: number },
  ) {
    const { org_id: orgId, number } = project;
    const key = JSON.stringify([orgId, number, found.id, found.blob]);
    const at = kept.findIndex((one) => one.key === key);
    const known = at < 0 ? undefined : kept.splice(at, 1)[0];
    const fresh = known ?? {
      key,
      bytes: found.size,
      progress: readInPieces(chunksOf(stores, orgId, found), { ends: () => true }),
    };
    kept.unshift(fresh);
    let bytes = 0;
    const last = kept.findIndex(
      (one, place) => place > 0 && ((bytes += one.bytes) > mostKeptBytes || place >= mostKept),
    );
    if (last > 0) kept.length = last;
    return fresh;
  }

  /** The conversation of a project; 404 where nothing of it is kept there. */
  async function find(stores: Stores, project: Project, id: string) {
    const [seen] = await stores.records.derived.conversations(project, { limit: 1, among: [id] });
    const { blob } = seen ?? {};
    const scope = { orgId: project.org_id, projectId: project.project_id };
    const known = blob == null ? undefined : (await stores.blobs.present(scope, [blob])).get(blob);
    if (seen === undefined || known === undefined) {
      throw new HttpError(404, "not_found", "this conversation is not kept here");
    }
    return { seen, ...open(stores, project, { id, blob: known.id, size: known.size }) };
  }

  return {
    async view(stores: Stores, project: Project, asked: { id: string; seen: SeenPart }) {
      const { seen, bytes, progress } = await find(stores, project, asked.id);
      const part = await readPart(progress, asked.seen);
      const view: ConversationView = {
        id: asked.id,
        bytes,
        summary: seen.summary,
        files: part.from > 0 ? [] : await stores.records.derived.filesOf(project, asked.id),
        ...part,
      };
      return view;
    },
    async tool(
      stores: Stores,
      project: Project,
      { id, turn, part }: { id: string; turn: number; part: number },
    ): Promise<ToolView> {
      const { progress } = await find(stores, project, id);
      const call = (await progress.turn(turn))?.parts[part];
      if (call?.kind === "tool") return viewTool(call);
      throw new HttpError(404, "not_found", "the conversation has no such tool call");
    },
  };
}

function chunksOf(
  { blobs }: Stores,
  orgId: string,
  { blob, size }: { blob: BlobId; size: number },
): () => Promise<Uint8Array | undefined> {
  const chunks = blobs.read(orgId, blob, { from: 0, to: size });
  return async () => {
    const { done, value } = await chunks.next();
    // Others have their turn between two chunks.
    await Bun.sleep(0);
    return done === true ? undefined : value;
  };
}

/** Of what people said so much is kept to be found again, and so much of a transcript is read for it. */
const mostWords = 32 * 1024;
const mostRead = 4 * 1024 * 1024;
/** A request reads transcripts for words no longer than this, in milliseconds; the next one goes on. */
const readingTime = 500;

/** Reads what people said in transcripts that nobody looked into yet, the latest first, for a while. */
export async function readWords(stores: Stores, project: Project): Promise<number> {
  const { derived } = stores.records;
  const until = performance.now() + readingTime;
  const scope = { orgId: project.org_id, projectId: project.project_id };
  for (const { id, blob } of await derived.unread(project, 50)) {
    if (performance.now() > until) break;
    const known = (await stores.blobs.present(scope, [blob])).get(blob);
    // A transcript whose bytes were lost says nothing until it is sent again.
    const words = known === undefined ? "" : await wordsOf(stores, project.org_id, known);
    await derived.noteWords(project, { id, blob, words });
  }
  return derived.countUnread(project);
}

async function wordsOf(
  stores: Stores,
  orgId: string,
  { id: blob, size }: { id: BlobId; size: number },
): Promise<string> {
  const next = chunksOf(stores, orgId, { blob, size: Math.min(size, mostRead) });
  const reader = openConversationReader();
  const decoder = new TextDecoder();
  for (let bytes = await next(); bytes !== undefined; bytes = await next()) {
    reader.write(decoder.decode(bytes, { stream: true }));
  }
  reader.end();
  const said = reader.conversation.turns
    .filter(({ speaker, subagent }) => speaker === "user" && !subagent)
    .flatMap(({ parts }) => parts.flatMap((part) => (part.kind === "text" ? [part.text] : [])));
  return said.join("\n\n").slice(0, mostWords);
}

/** Conversations as a table has them; with persons where their org shows them. */
export function listed(
  conversations: readonly SeenConversation[],
  { unread, persons }: { unread: number; persons: ReadonlyMap<string, string> | undefined },
): TeamConversations {
  const time = (at: number | null): string | null => (at === null ? null : formatTime(BigInt(at)));
  return {
    unread,
    conversations: conversations.map(
      ({ words, summary, first, last, blob, writer, ...rest }): TeamConversation => ({
        id: rest.id,
        agent: rest.agent,
        model: rest.model,
        first: time(first),
        last: time(last),
        edits: rest.edits,
        files: rest.files,
        lines: rest.lines,
        about: shorten(words) ?? shorten(summary),
        kept: blob !== null,
        ...(persons === undefined ? {} : { person: writer && (persons.get(writer) ?? writer) }),
      }),
    ),
  };
}

function shorten(text: string | null): string | null {
  const first = (text ?? "").trim().split("\n\n", 1)[0] ?? "";
  return first === "" ? null : first.slice(0, 200).toWellFormed();
}

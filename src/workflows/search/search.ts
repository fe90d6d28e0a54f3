import { relative, sep } from "node:path";
import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { isConversationId } from "../../schema/ids.ts";
import type { ProjectPaths } from "../../store/files/paths.ts";
import { openHistory } from "../../store/open-history.ts";
import { type FoundSaid, findSaid } from "../../store/search/find-said.ts";
import { readLiveCopy } from "../../store/transcripts/live-copy.ts";
import { SearchIndex } from "../../store/search/search-index.ts";
import { type WordQuery, parseWordQuery } from "../../store/search/word-query.ts";
import { type Project, namedFile } from "../projects/find-project.ts";
import { type Filling, fillSearch } from "./fill-search.ts";

/** A file that a person names, as traces name it. */
export function pathInRepository(context: Context, project: Project, file: string): string {
  const path = relative(project.git.repository.workTree, namedFile(context, project, file));
  return path.split(sep).join("/");
}

export interface SearchQuery {
  readonly text: string;
  readonly agent?: string | undefined;
  /** In milliseconds since 1970, inclusive. */
  readonly since?: number | undefined;
  /** As traces name files: from the work tree's root, with `/`. */
  readonly file?: string | undefined;
  readonly limit: number;
}

/** Something that was said, with its secrets masked. */
export interface SearchHit {
  readonly conversation_id: string;
  readonly agent: string;
  /** ISO 8601. */
  readonly time: string;
  readonly speaker: string;
  /** Counted from 0, of all that was said in the conversation. */
  readonly place: number;
  /** One line: what was said around the words sought. */
  readonly excerpt: string;
}

export interface SearchAnswer {
  readonly hits: readonly SearchHit[];
  /** Whether there is more than what the limit lets through. */
  readonly more: boolean;
  /** Whose conversations were looked at, as the filter takes them. */
  readonly agents: readonly string[];
}

export interface Searching {
  /** What masks what was said, as it is masked where it leaves this machine; asked for where something is found. */
  masker(): Promise<(text: string) => string>;
  /** Told how far the index was brought up to date before the question could be answered. */
  onFilling?(filling: Filling): void;
  readonly signal?: AbortSignal;
}

/** The index's time grows with the square of them. */
const mostTerms = 100;

/** Looks in all kept conversations, the newest first. What the index lacks is read before. */
export async function search(
  project: ProjectPaths,
  query: SearchQuery,
  { masker, onFilling, signal }: Searching,
): Promise<SearchAnswer> {
  const words = parseWordQuery(query.text);
  if (words === undefined) {
    throw new AppError("usage", "there is no word to look for", {
      hint: 'give letters or digits, as in `agent-trace search "retry budget"`',
    });
  }
  if (words.terms.length > mostTerms) {
    throw new AppError("usage", `more than ${mostTerms} words are looked for`, {
      hint: "leave some out, or put a part between quotes",
    });
  }
  using index = new SearchIndex(project);
  let filled = 0;
  for (const filling of fillSearch(project, index)) {
    onFilling?.(filling);
    // Signals come through between the pieces.
    if (++filled % 8 === 0) await new Promise<void>((resume) => setImmediate(resume));
    signal?.throwIfAborted();
  }
  const hits: SearchHit[] = [];
  const agents = index.agents();
  const { agent, since, file } = query;
  const conversations = file === undefined ? undefined : conversationsOf(project, file);
  let mask: ((text: string) => string) | undefined;
  for (const found of findSaid(index, words.match, { agent, since, conversations })) {
    if (hits.length === query.limit) return { hits, more: true, agents };
    mask ??= await masker();
    const excerpt = excerptOf(found, words, mask);
    if (excerpt !== undefined) hits.push(describe(found, excerpt));
  }
  return { hits, more: false, agents };
}

function conversationsOf(project: ProjectPaths, file: string): Set<string> {
  using history = openHistory(project);
  const touching = history.conversationsTouching(file);
  // What a subagent was to do was asked for in the conversation that started it.
  for (const id of touching) {
    const parent = isConversationId(id) ? readLiveCopy(project, id)?.parent : undefined;
    if (parent !== undefined) touching.add(parent);
  }
  return touching;
}

function describe(found: FoundSaid, excerpt: string): SearchHit {
  const { conversation, agent, time, speaker, place } = found;
  return {
    conversation_id: conversation,
    agent,
    time: new Date(time).toISOString(),
    speaker,
    place,
    excerpt,
  };
}

/** A secret is longer than an excerpt: so much around it is looked at, that it is known as one. */
const lookedAtBefore = 16 * 1024;
const lookedAtBehind = 4 * 1024;
const shownBefore = 80;
const shown = 240;

/** What stands around the first of the words; undefined where one of them stands nowhere but in a secret. */
function excerptOf(
  { text }: FoundSaid,
  { terms }: WordQuery,
  mask: (text: string) => string,
): string | undefined {
  let shownFrom:
    | { readonly masked: string; readonly at: number; readonly start: number }
    | undefined;
  for (const term of terms) {
    const place = term.find(text) ?? 0;
    const start = Math.max(0, place - lookedAtBefore);
    const part = text.slice(start, place + lookedAtBehind);
    const masked = mask(part);
    const at = term.find(masked);
    if (at === undefined && masked !== part) return undefined;
    if (shownFrom === undefined || start + (at ?? 0) < shownFrom.start + shownFrom.at) {
      shownFrom = { masked, at: at ?? 0, start };
    }
  }
  if (shownFrom === undefined) return undefined;
  const { masked, at, start } = shownFrom;
  const from = Math.max(0, at - shownBefore);
  const line = masked
    .slice(from)
    .slice(0, 2 * shown)
    .replace(/\s+/g, " ")
    .trim();
  const excerpt = line.slice(0, shown).toWellFormed();
  return `${start + from > 0 ? "…" : ""}${excerpt}${line.length > shown ? "…" : ""}`;
}

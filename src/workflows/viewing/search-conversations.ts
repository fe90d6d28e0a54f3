import { AppError } from "../../errors.ts";
import { parseTime } from "../../schema/time.ts";
import { SearchIndex } from "../../store/search/search-index.ts";
import type { SearchQuestion, SearchView } from "../../viewer/views.ts";
import { search } from "../search/search.ts";
import { everything } from "./conversation-progress.ts";
import { type Reading, maskText, openConversation } from "./read-conversation-view.ts";

/** As `agent-trace search` answers it. */
export function searchConversations(
  reading: Reading,
  { since, ...question }: SearchQuestion,
): Promise<SearchView> {
  const time = since === undefined ? undefined : parseTime(since);
  if (since !== undefined && time === undefined) {
    throw new AppError("usage", "the date is none", { hint: "write it as in 2026-02-10" });
  }
  const from = time === undefined ? undefined : Number(time / 1000n);
  return search(
    reading.paths,
    { ...question, since: from },
    { masker: async () => (text) => maskText(reading, text) },
  );
}

const lookedFor = 80;

/**
 * The turn in which something stands that a search found: the one with its words that is nearest in time. A page's turn
 * may be made of several that were said without another between them.
 */
export async function findSaidTurn(
  reading: Reading,
  { id, place }: { readonly id: string; readonly place: number },
): Promise<{ readonly turn: number }> {
  using index = new SearchIndex(reading.paths);
  const said = index.saidAt(id, place);
  const { progress } = openConversation(reading, id);
  await progress.reach(everything);
  const { turns } = progress.conversation;
  if (said === undefined) return { turn: 0 };
  const words = maskText(reading, said.text).trim().slice(0, lookedFor);
  const distance = (time: string | undefined): number =>
    time === undefined ? Number.MAX_SAFE_INTEGER : Math.abs(Date.parse(time) - said.time);
  const [nearest] = turns
    .map(({ parts, time }, turn) => ({ parts, turn, away: distance(time) }))
    .filter(({ parts }) => parts.some((part) => part.kind === "text" && part.text.includes(words)))
    .toSorted((one, other) => one.away - other.away || one.turn - other.turn);
  return { turn: nearest?.turn ?? 0 };
}

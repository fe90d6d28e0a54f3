import { openConversationReader } from "../../capture/read-conversation.ts";
import type { ParsedConversation, SpokenTurn } from "../../capture/read-conversation.ts";

/** Gives the next bytes of a transcript; undefined where there are none, for now or for good. */
export type NextBytes = () => Promise<Uint8Array | undefined>;

/** A conversation that is read only as far as somebody looks. */
export interface ConversationProgress {
  /** Names this reading: another one of the same conversation may have other turns. */
  readonly name: string;
  readonly conversation: ParsedConversation;
  /** Turns that were changed after they were there, in the order in which that happened. */
  readonly changed: readonly number[];
  /** Bytes that were read so far. */
  readonly read: number;
  /** Whether everything was read that there was when it was last asked for. */
  readonly isWhole: boolean;
  /** Reads on until so many turns are there or about so many bytes more were read; at least one turn, if there is one. */
  reach(goal: { readonly turns: number; readonly bytes: number }): Promise<void>;
  turn(at: number): Promise<SpokenTurn | undefined>;
}

/** A goal that only the end of a conversation reaches. */
export const everything = { turns: Infinity, bytes: Infinity };

/** Reads a conversation in pieces. `ends` says at the end of what there is whether nothing can come behind it. */
export function readInPieces(
  next: NextBytes,
  { ends }: { readonly ends: () => boolean },
): ConversationProgress {
  const reader = openConversationReader();
  const decoder = new TextDecoder();
  let read = 0;
  let isWhole = false;
  let hasEnded = false;
  let turn: Promise<unknown> = Promise.resolve();

  async function readOn(goal: { turns: number; bytes: number }): Promise<void> {
    const stop = read + goal.bytes;
    while (!hasEnded) {
      const { length } = reader.conversation.turns;
      if (length >= goal.turns || (read >= stop && length > 0)) return;
      const bytes = await next();
      isWhole = bytes === undefined;
      if (bytes === undefined) {
        // Of a form that is not read line by line nothing is there before its end.
        if (!ends() && length > 0) return;
        hasEnded = true;
        reader.write(decoder.decode());
        reader.end();
        return;
      }
      read += bytes.length;
      reader.write(decoder.decode(bytes, { stream: true }));
    }
  }
  // One after another: two readers of one transcript would each get a part of it.
  const reach: ConversationProgress["reach"] = (goal) => {
    const work = turn.then(() => readOn(goal));
    turn = work.catch(() => {});
    return work;
  };
  return {
    name: crypto.randomUUID(),
    changed: reader.changed,
    get conversation() {
      return reader.conversation;
    },
    get read() {
      return read;
    },
    get isWhole() {
      return isWhole;
    },
    reach,
    async turn(at) {
      await reach({ turns: at + 1, bytes: Infinity });
      return reader.conversation.turns[at];
    },
  };
}

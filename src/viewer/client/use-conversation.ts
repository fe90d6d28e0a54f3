import { useEffect, useRef, useState } from "preact/hooks";
import type { ConversationView, TurnView } from "../views.ts";
import { Refusal, ask, changes } from "./ask.ts";

interface Conversation {
  readonly view: ConversationView | undefined;
  readonly refusal: Refusal | undefined;
}

/** Asks for a conversation part by part, shows what is there, and asks on when something was recorded. */
export function useConversation(address: string): Conversation {
  const [state, setState] = useState<Conversation & { address: string }>();
  const latest = useRef<{ address: string; view: ConversationView } | undefined>(undefined);
  const turn = changes.value;
  useEffect(() => {
    let isWanted = true;
    const readOn = async (): Promise<void> => {
      for (;;) {
        const known = latest.current?.address === address ? latest.current.view : undefined;
        const seen = new URLSearchParams({
          reading: known?.reading ?? "",
          turns: String(known?.turns.length ?? 0),
          changes: String(known?.changes ?? 0),
        });
        const part = await ask<ConversationView>(`${address}&${seen.toString()}`);
        if (!isWanted) return;
        const view = join(known, part);
        latest.current = { address, view };
        setState({ address, view, refusal: undefined });
        if (part.isWhole) return;
        // What is there is drawn before more comes.
        await new Promise((drawn) => setTimeout(drawn, 30));
        if (!isWanted) return;
      }
    };
    readOn().catch((error: unknown) => {
      if (!isWanted) return;
      const refusal = error instanceof Refusal ? error : new Refusal(String(error), undefined);
      const { address: of, view } = latest.current ?? {};
      setState({ address, view: of === address ? view : undefined, refusal });
    });
    return () => void (isWanted = false);
  }, [address, turn]);
  return state?.address === address ? state : { view: undefined, refusal: undefined };
}

/** A turn that has not changed stays the same object, so that it is drawn once. */
function join(known: ConversationView | undefined, part: ConversationView): ConversationView {
  if (known === undefined || part.from === 0) return part;
  const turns: TurnView[] = [...known.turns.slice(0, part.from), ...part.turns];
  for (const { at, turn } of part.changed) turns[at] = turn;
  return { ...part, summary: known.summary, files: known.files, turns };
}

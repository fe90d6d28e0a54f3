import { useEffect, useState } from "preact/hooks";
import { Refusal, ask, changes } from "./ask.ts";

export interface Answered<Answer> {
  readonly answer: Answer | undefined;
  readonly refusal: Refusal | undefined;
}

/** Asks an address, and again when something was recorded. The former answer stays until the next one is there. */
export function useAnswer<Answer>(address: string): Answered<Answer> {
  const [state, setState] = useState<Answered<Answer> & { address: string }>();
  const turn = changes.value;
  useEffect(() => {
    let isWanted = true;
    ask<Answer>(address).then(
      (answer) => isWanted && setState({ address, answer, refusal: undefined }),
      (error: unknown) =>
        isWanted &&
        setState((last) => ({
          address,
          answer: last?.address === address ? last.answer : undefined,
          refusal: error instanceof Refusal ? error : new Refusal(String(error), undefined),
        })),
    );
    return () => void (isWanted = false);
  }, [address, turn]);
  return state?.address === address ? state : { answer: undefined, refusal: undefined };
}

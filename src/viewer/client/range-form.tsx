import { useState } from "preact/hooks";
import type { VNode } from "preact";

interface RangeFormProps {
  readonly range: string;
  /** What may be typed. */
  readonly example: string;
  /** The address of a range's page. */
  hashOf(typed: string): string;
}

/** Asks for a range of commits, and goes to its page. */
export function RangeForm({ range, example, hashOf }: RangeFormProps): VNode {
  const [typed, setTyped] = useState(range);
  return (
    <form
      class="ask"
      onSubmit={(event) => {
        event.preventDefault();
        location.hash = hashOf(typed.trim());
      }}
    >
      <input
        aria-label="Range of commits"
        placeholder={example}
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      <button type="submit">Show</button>
    </form>
  );
}

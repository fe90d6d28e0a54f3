import type { ComponentChildren, VNode } from "preact";
import type { Refusal } from "./ask.ts";
import { Foreign } from "./foreign-text.tsx";
import { percent } from "./words.ts";

/** A share as a bar; the figure stands beside it, as colour says nothing to some. */
export function Share({ part, whole }: { part: number; whole: number }): VNode {
  return (
    <span class="share" title={`${percent(part, whole)} AI`}>
      <span class="bar" aria-hidden="true">
        <span style={{ width: whole === 0 ? "0" : `${(part / whole) * 100}%` }} />
      </span>
      <span class="figure">{percent(part, whole)}</span>
    </span>
  );
}

export function Waiting({ refusal }: { refusal: Refusal | undefined }): VNode {
  if (refusal === undefined) {
    return (
      <p class="empty" role="status">
        Reading…
      </p>
    );
  }
  return (
    <div class="empty" role="alert">
      <p>
        <Foreign text={refusal.message} />
      </p>
      {refusal.hint === undefined ? null : (
        <p class="quiet">
          <Foreign text={refusal.hint} />
        </p>
      )}
    </div>
  );
}

export function Tile({ name, children }: { name: string; children: ComponentChildren }): VNode {
  return (
    <div class="tile">
      <span class="quiet">{name}</span>
      <strong>{children}</strong>
    </div>
  );
}

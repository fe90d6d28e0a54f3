import { useState } from "preact/hooks";
import type { VNode } from "preact";
import { count } from "./words.ts";

const mostRows = 100;

interface TableProps {
  readonly head: readonly string[];
  readonly caption: string;
  readonly children: readonly (readonly (VNode | string)[])[];
}

/** A table that begins with its first hundred rows; the others come when asked for. */
export function Table({ head, caption, children }: TableProps): VNode {
  const [isWhole, setWhole] = useState(false);
  const rows = isWhole ? children : children.slice(0, mostRows);
  return (
    <div class="table" tabIndex={0} role="region" aria-label={caption}>
      <table>
        <caption>
          {caption} <span class="quiet">{count(children.length)}</span>
        </caption>
        <thead>
          <tr>
            {head.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, at) => (
            <tr key={at}>
              {cells.map((cell, place) => (
                <td key={place}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length < children.length ? (
        <button type="button" class="more" onClick={() => setWhole(true)}>
          Show {count(children.length - rows.length)} more
        </button>
      ) : null}
    </div>
  );
}

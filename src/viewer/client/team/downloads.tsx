import type { VNode } from "preact";

/** The same answer for programs and for spreadsheets. */
export function Downloads({ address, of = "" }: { address: string; of?: string }): VNode {
  const more = `${address.includes("?") ? "&" : "?"}format=csv`;
  return (
    <span class="downloads">
      <a href={address} download={`${of || "table"}.json`} aria-label={`${of} as JSON`.trim()}>
        JSON
      </a>{" "}
      <a href={`${address}${more}`} download aria-label={`${of} as CSV`.trim()}>
        CSV
      </a>
    </span>
  );
}

/**
 * The vocabulary that all folders share: shapes of records, ids, and the plain functions that follow from a
 * shape alone. Nothing here touches a disk, a network or a clock.
 */

/** The five kinds of record that travel, in the order in which they are sent. */
export const resources = [
  "traces",
  "ledgers",
  "commit_links",
  "conversations",
  "summaries",
] as const;
export type Resource = (typeof resources)[number];

/** Resources that live one row a line in a JSONL file. */
export const rowResources = ["traces", "ledgers", "commit_links", "summaries"] as const;
export type RowResource = (typeof rowResources)[number];

/** How a resource is spelled in a URL: `commit-links`, everything else as it is. */
export function wireName(resource: Resource): string {
  return resource === "commit_links" ? "commit-links" : resource;
}

export function parseWireName(name: string): Resource | undefined {
  return resources.find((resource) => wireName(resource) === name);
}

/** Where a page of a project is. */
export function projectLink(project: string, ...parts: readonly string[]): string {
  const path = [project, ...parts.filter((part) => part !== "")].map(encodeURIComponent);
  return `#/project/${path.join("/")}`;
}

/** Where something of a project is asked for. Relative: a proxy may serve us below a prefix. */
export function addressOf(
  what: string,
  project: string,
  query: Readonly<Record<string, string>> = {},
): string {
  return `team/${what}?${new URLSearchParams({ project_id: project, ...query }).toString()}`;
}

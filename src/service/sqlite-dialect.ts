import type { Columns } from "./operations.ts";

/** `$1` is a name here, and numbers are written otherwise. */
export function numbered(statement: string): string {
  return statement.replace(/\$(\d+)/g, "?$1");
}

/** `LIKE` would take a text of one letter, looked for in another of that letter, a thousand times as long. */
export function sqliteHas(text: string, n: number): string {
  return `instr(${text}, $${n}) > 0`;
}

/** A list that came as JSON, as a table. */
export function sqliteList(n: number, columns: Columns): string {
  const each = Object.keys(columns).map((name) => `value ->> '${name}' AS ${name}`);
  return `(SELECT ${each.join(", ")} FROM json_each($${n})) AS list`;
}

import type { Columns } from "./operations.ts";
import type { NewRow } from "./records.ts";

/** Rows as one statement takes them: all keys in one value, all bodies in another, and where each begins and ends. */
export const given = `
  SELECT n, substring($4::bytea FROM key_at FOR key_length) AS key,
         substring($5::bytea FROM body_at FOR body_length) AS body, body_length AS bytes, nullif(blob, '') AS blob
  FROM unnest($6::int[], $7::int[], $8::int[], $9::int[], $10::text[])
       WITH ORDINALITY AS list (key_at, key_length, body_at, body_length, blob, n)`;

/**
 * A batch may name a key more than once. What comes first decides against what is stored; of the others the last one
 * counts, and what lies between is only counted.
 */
export function waves(rows: readonly NewRow[], keepsFirst: boolean) {
  const firsts: { row: NewRow; index: number }[] = [];
  const seen = new Map<string, { first: NewRow; last: NewRow }>();
  const repeats = { duplicate: 0, replaced: 0 };
  for (const [index, row] of rows.entries()) {
    const known = seen.get(row.key);
    if (known === undefined) {
      seen.set(row.key, { first: row, last: row });
      firsts.push({ row, index });
    } else if (keepsFirst || isSame(known.last, row)) repeats.duplicate++;
    else {
      repeats.replaced++;
      known.last = row;
    }
  }
  const changed = [...seen.values()].filter(({ first, last }) => first !== last);
  return { firsts, lasts: changed.map(({ last }) => last), repeats };
}

function isSame(a: NewRow, b: NewRow): boolean {
  return b.blob === undefined ? a.text === b.text : a.blob?.id === b.blob.id;
}

/** The values $4 to $10 of a statement that takes rows. */
export function packed(rows: readonly NewRow[]): unknown[] {
  const keys = rows.map(({ key }) => Buffer.from(key));
  const bodies = rows.map(({ text }) => Buffer.from(text));
  return [
    Buffer.concat(keys),
    Buffer.concat(bodies),
    ...bounds(keys),
    ...bounds(bodies),
    array(rows.map(({ blob }) => blob?.id ?? "")),
  ];
}

export function bounds(parts: readonly Buffer[]): [string, string] {
  let at = 1;
  const starts = parts.map((part) => (at += part.length) - part.length);
  return [array(starts), array(parts.map(({ length }) => length))];
}

/** An array as PostgreSQL reads it from text; the values are numbers and digests. */
export function array(values: readonly (string | number)[]): string {
  return `{${values.map((value) => (value === "" ? '""' : String(value))).join(",")}}`;
}

/** A list that came as JSON, as a table. Its texts hold no NUL and no half of a pair, which PostgreSQL refuses. */
export function postgresList(n: number, columns: Columns): string {
  const each = Object.entries(columns).map(([name, type]) => `${name} ${type}`);
  return `jsonb_to_recordset(($${n}::text)::jsonb) AS list (${each.join(", ")})`;
}

import type { Database } from "bun:sqlite";
import { resources } from "../schema/resource.ts";
import { derive } from "./derived/derive.ts";
import { storedRow } from "./derived/row-facts.ts";
import { numbered, sqliteList } from "./sqlite-dialect.ts";

interface OldRow {
  readonly org_id: string;
  readonly number: number;
  readonly project: number;
  readonly resource: number;
  readonly place: number;
  readonly key: string;
  readonly blob: string | null;
  readonly writer: string | null;
  readonly body: string;
}

const rowsAtOnce = 1000;

/** Derives what is derived of rows from all rows that are there. */
export function deriveAll(database: Database): void {
  const page = database.query<OldRow, [number]>(
    `SELECT org_id, rows.number AS number, project, resource, place, key, blob, writer, body
     FROM rows JOIN projects ON projects.number = rows.project
     WHERE rows.number > ? ORDER BY rows.number LIMIT ${rowsAtOnce}`,
  );
  for (let last = 0, rows = page.all(last); rows.length > 0; rows = page.all(last)) {
    for (const row of rows) {
      const { org_id: orgId, project, place, writer } = row;
      const resource = resources[row.resource] ?? "traces";
      const derived = storedRow(resource, row);
      for (const [statement, values] of derive(
        { list: sqliteList },
        { orgId, project, resource, writer, place, rows: [derived] },
      )) {
        database.query(numbered(statement)).run(...(values as never[]));
      }
    }
    last = rows.at(-1)?.number ?? last;
  }
}

import { encodedJson } from "../../http/compression.ts";
import { badRequest } from "../../http/http-error.ts";
import { renderRows } from "../../report/render-table.ts";
import { formatTime } from "../../schema/time.ts";
import type { Call, Route } from "../../service/route.ts";
import { type Table, tableOf } from "./tables.ts";

export function timeOf(at: number | null): string | null {
  return at === null ? null : formatTime(BigInt(at));
}

/** A route that only reads, for a browser that logged in and for programs with a token. */
export function read(
  pattern: string,
  does: string,
  ask: (call: Call) => Promise<object>,
  access: "read" | "admin" = "read",
): Route {
  return {
    method: "GET",
    pattern,
    access,
    takesSession: true,
    does,
    async handle(call) {
      const accepted = call.request.headers.get("Accept-Encoding");
      const value = await holdingPlace(call, () => ask(call));
      const format = call.query.get("format") ?? "json";
      if (format === "json") {
        return encodedJson(new TextEncoder().encode(JSON.stringify(value)), accepted);
      }
      const table = format === "csv" ? tableOf(pattern, value, call.query) : undefined;
      if (table === undefined) {
        throw badRequest("invalid_format", "there is no such form of this answer");
      }
      return csv(pattern, table);
    },
  };
}

/** Transcripts and sums are held in memory while they are read: a caller has so many at a time. */
async function holdingPlace<T>({ deployment, caller }: Call, work: () => Promise<T>): Promise<T> {
  const free = await deployment.takeDownloadSlot(caller?.rateKey ?? "admin");
  try {
    return await work();
  } finally {
    free();
  }
}

function csv(pattern: string, { columns, rows }: Table): Response {
  const text = `${renderRows(columns, rows).join("\n")}\n`;
  const name = pattern.split("/").at(-1) ?? "table";
  return new Response(text, {
    headers: {
      "Content-Type": "text/csv; charset=utf-8",
      "Content-Disposition": `attachment; filename="${name}.csv"`,
    },
  });
}

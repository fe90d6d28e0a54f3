import { badRequest } from "../http/http-error.ts";
import type { SeenPart } from "./views.ts";

/** Where a page stands in a conversation. */
export function seenPart(query: URLSearchParams): SeenPart {
  return {
    reading: query.get("reading") ?? "",
    turns: numberOf(query, "turns"),
    changes: numberOf(query, "changes"),
  };
}

/** A value of a query that must be there. Throws 400. */
export function required(query: URLSearchParams, name: string): string {
  const value = query.get(name);
  if (value === null || value === "") throw badRequest("missing", `\`${name}\` is required`);
  return value;
}

/** A whole number of a query. Throws 400. */
export function numberOf(query: URLSearchParams, name: string): number {
  const text = required(query, name);
  if (!/^\d{1,9}$/.test(text)) throw badRequest("invalid", `\`${name}\` is no number`);
  return Number(text);
}

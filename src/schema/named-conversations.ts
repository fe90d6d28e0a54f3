import { isObject } from "./is-object.ts";

/** The conversations that a trace names: in an old store, or from elsewhere, each part may be of any shape. */
export function conversationsOfTrace(value: Readonly<Record<string, unknown>>): string[] {
  const ids = new Set<string>();
  for (const file of listOf(value["files"])) {
    if (!isObject(file)) continue;
    for (const conversation of listOf(file["conversations"])) {
      const id = isObject(conversation) ? conversation["id"] : undefined;
      if (typeof id === "string" && id !== "") ids.add(id);
    }
  }
  return [...ids];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

import { isObject } from "../schema/is-object.ts";
/** A hook's payload: an object of which no field can be relied on. */
export type Payload = Readonly<Record<string, unknown>>;

/** The payload that an agent sent; undefined where it is no JSON object. Raw control characters in strings are forgiven. */
export function parsePayload(input: Uint8Array | string): Payload | undefined {
  const text = (typeof input === "string" ? input : new TextDecoder().decode(input)).trim();
  if (!text.startsWith("{")) return undefined;
  return asObject(tryParse(text) ?? tryParse(escapeControls(text)));
}

/** The first of these fields that is there; agents spell one field in several ways. */
export function field(payload: Payload | undefined, ...names: readonly string[]): unknown {
  for (const name of names) {
    const value = payload?.[name];
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}

/** As `field`, where it is a string; lone surrogates, which no file can hold, become U+FFFD as they do on disk. */
export function textField(payload: Payload | undefined, ...names: readonly string[]) {
  for (const name of names) {
    const value = payload?.[name];
    if (value === undefined || value === null) continue;
    return typeof value === "string" ? value.toWellFormed() : undefined;
  }
  return undefined;
}

/** As `textField`; the empty string says nothing. */
export function nameField(payload: Payload | undefined, ...names: readonly string[]) {
  return textField(payload, ...names) || undefined;
}

/** As `field`, where it is an object, or an object as JSON text. */
export function objectField(payload: Payload | undefined, ...names: readonly string[]) {
  const value = field(payload, ...names);
  return asObject(typeof value === "string" && value.startsWith("{") ? tryParse(value) : value);
}

export function asObject(value: unknown): Payload | undefined {
  return isObject(value) ? (value as Payload) : undefined;
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** JSON text in which control characters within strings are escaped, as they should have been. */
function escapeControls(text: string): string {
  return text.replace(/"(?:[^"\\]|\\[^])*"/g, (string) =>
    string.replace(
      // oxlint-disable-next-line no-control-regex
      /[\u0000-\u001F]/g,
      (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`,
    ),
  );
}

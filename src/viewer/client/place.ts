import { signal } from "@preact/signals";
import { embedded } from "./ask.ts";

/** Where in the page we are: the part of its address behind `#`. */
export const place = signal(placeOf());
addEventListener("hashchange", () => (place.value = placeOf()));

export interface Place {
  readonly page: string;
  readonly rest: readonly string[];
}

function placeOf(): Place {
  const hash = location.hash.slice(1) || (embedded?.start ?? "");
  const [, page = "", ...rest] = hash.split("/");
  return { page, rest: rest.map(decode) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

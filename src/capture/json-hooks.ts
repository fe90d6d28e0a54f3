import type { JSONPath } from "jsonc-parser";
import { AppError } from "../errors.ts";
import type { HookFile, InstalledHooks } from "./agent-hooks.ts";
import { JsonText } from "./json-text.ts";
import { asObject } from "./payload.ts";

/** How one agent's JSON settings name hooks: lists of entries, by event, below one key. */
export interface JsonHookShape {
  /** Where the events stand; `["hooks"]` for nearly all. */
  readonly at: readonly string[];
  /** The events that we want to hear of, in the order in which a new file has them. */
  readonly events: readonly WantedEvent[];
  /** One of our entries, as it stands in an event's list. */
  entry(command: string, matcher: string | undefined): object;
  /** What a file of our own has beside the hooks, before them. */
  readonly preamble?: Readonly<Record<string, unknown>>;
}

export type WantedEvent = readonly [event: string, matcher?: string];

/** Fields of an entry, or of a hook within one, that hold a command. */
const commandFields = ["command", "bash"];

/** Where one of our hooks stands: an entry of an event's list, or a hook in the list that such an entry has. */
interface Place {
  readonly event: string;
  readonly entry: JSONPath;
  readonly hook: JSONPath;
  /** The command's own path. */
  readonly field: JSONPath;
  readonly command: string;
  readonly matcher: string | undefined;
  /** No hook but ours is in the entry. */
  readonly isAlone: boolean;
}

/** Whether a command is a hook of ours, or of the tool that came before us under the same name. */
export function isRecordCommand(command: unknown): command is string {
  return typeof command === "string" && /agent-trace/.test(command) && /\brecord\b/.test(command);
}

/** A settings file in JSON, comments and trailing commas forgiven, of which all that is not ours keeps every byte. */
export function jsonHookFile(path: string, shape: JsonHookShape): HookFile {
  return {
    path,
    install: (text, command) => install(shape, text, command),
    remove: (text) => remove(shape, text),
    read: (text) => readHooks(shape, text),
  };
}

function readHooks(shape: JsonHookShape, text: string): InstalledHooks {
  const found = places(parseSettings(shape, text), shape);
  const isComplete = shape.events.every(([event, matcher]) =>
    found.some((place) => place.event === event && place.matcher === matcher),
  );
  return {
    calls: new Map(found.map(({ event, command }) => [event, command])),
    isComplete: found.length > 0 && isComplete,
  };
}

function install(shape: JsonHookShape, text: string | undefined, command: string): string {
  if (text === undefined || text.trim() === "") return newFile(shape, command);
  const settings = parseSettings(shape, text);
  const spare = bringUpToDate(settings, shape, command);
  for (const place of spare.toReversed()) take(settings, shape, place);
  const ours = places(settings, shape);
  const missing = shape.events.filter(([event]) => !ours.some((place) => place.event === event));
  const entryOf = ([, matcher]: WantedEvent): object => shape.entry(command, matcher);
  if (missing.length > 0 && settings.value([...shape.at]) === undefined) {
    const lists = Object.fromEntries(missing.map((wanted) => [wanted[0], [entryOf(wanted)]]));
    settings.append(shape.at.slice(0, -1), lists, shape.at.at(-1));
    return settings.toString();
  }
  for (const wanted of missing) {
    const list = settings.value([...shape.at, wanted[0]]);
    if (list === undefined) settings.append([...shape.at], [entryOf(wanted)], wanted[0]);
    else if (Array.isArray(list)) settings.append([...shape.at, wanted[0]], entryOf(wanted));
    else throw notUnderstood();
  }
  return settings.toString();
}

function newFile(shape: JsonHookShape, command: string): string {
  const lists = shape.events.map(([event, matcher]) => [event, [shape.entry(command, matcher)]]);
  let value: unknown = Object.fromEntries(lists);
  for (const key of shape.at.toReversed()) value = { [key]: value };
  return `${JSON.stringify({ ...shape.preamble, ...(value as object) }, undefined, 2)}\n`;
}

/** Sets commands and matchers that are ours right where that can be done in place; the rest is given back, to go. */
function bringUpToDate(settings: JsonText, shape: JsonHookShape, command: string): Place[] {
  const spare: Place[] = [];
  const seen = new Set<string>();
  for (const place of places(settings, shape)) {
    settings.replaceString(place.field, command);
    const wanted = shape.events.find(([event]) => event === place.event);
    if (wanted === undefined) continue;
    const [event, matcher] = wanted;
    const fits = place.matcher === matcher;
    const canFit = place.isAlone && place.matcher !== undefined && matcher !== undefined;
    // A second hook of ours for one event would tell everything twice.
    if (seen.has(event) || (!fits && !canFit)) spare.push(place);
    else {
      seen.add(event);
      if (!fits) settings.replaceString([...place.entry, "matcher"], matcher ?? "");
    }
  }
  return spare;
}

function remove(shape: JsonHookShape, text: string): string | undefined {
  const settings = parseSettings(shape, text);
  const ours = places(settings, shape);
  const first = ours[0];
  if (first === undefined) return text;
  if (text === newFile(shape, first.command)) return undefined;
  // From the last to the first, so that the places of those still to go stay right.
  for (const place of ours.toReversed()) take(settings, shape, place);
  return settings.toString();
}

/** Takes one hook out, and with it what came with it: the entry, the event's list, all hooks. */
function take(settings: JsonText, shape: JsonHookShape, { event, entry, hook }: Place): void {
  const paths: JSONPath[] = [hook, entry, [...shape.at, event]];
  const isLimit = (path: JSONPath): boolean =>
    settings.isGuest(path) || sizeOf(settings.value(path.slice(0, -1))) > 1;
  settings.remove(paths.find(isLimit) ?? [...shape.at]);
}

function sizeOf(value: unknown): number {
  return Array.isArray(value) ? value.length : Object.keys(asObject(value) ?? {}).length;
}

function places(settings: JsonText, shape: JsonHookShape): Place[] {
  const found: Place[] = [];
  const lists = asObject(settings.value([...shape.at])) ?? {};
  for (const [event, list] of Object.entries(lists)) {
    if (!Array.isArray(list)) continue;
    list.forEach((value: unknown, place) => {
      const entry = [...shape.at, event, place];
      const group = asObject(value);
      const matcher = typeof group?.["matcher"] === "string" ? group["matcher"] : undefined;
      const hooks = group?.["hooks"];
      const candidates = Array.isArray(hooks)
        ? hooks.map((hook: unknown, index) => ({ hook, path: [...entry, "hooks", index] }))
        : [{ hook: value, path: entry }];
      for (const { hook, path } of candidates) {
        for (const field of commandFields) {
          const command = asObject(hook)?.[field];
          if (!isRecordCommand(command)) continue;
          const isAlone = candidates.length === 1;
          const at = [...path, field];
          found.push({ event, entry, hook: path, field: at, command, matcher, isAlone });
          break;
        }
      }
    });
  }
  return found;
}

function parseSettings(shape: JsonHookShape, text: string): JsonText {
  const settings = JsonText.parse(text);
  if (settings === undefined || asObject(settings.value()) === undefined) throw notUnderstood();
  for (let depth = 1; depth <= shape.at.length; depth++) {
    const value = settings.value(shape.at.slice(0, depth));
    if (value !== undefined && asObject(value) === undefined) throw notUnderstood();
  }
  return settings;
}

export function notUnderstood(): AppError {
  return new AppError("damaged_file", "this is no settings file that can be understood");
}

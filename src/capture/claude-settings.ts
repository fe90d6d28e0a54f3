import { AppError } from "../errors.ts";
import { JsonText } from "./edit-json.ts";
import { asObject } from "./payload.ts";

const editors = "Write|Edit|MultiEdit|NotebookEdit";

/** The events that we want to hear of; tools only where they edit files. */
const wanted: readonly (readonly [event: string, matcher: string | undefined])[] = [
  ["PreToolUse", editors],
  ["PostToolUse", editors],
  ["SessionStart", undefined],
  ["UserPromptSubmit", undefined],
  ["Stop", undefined],
  ["SessionEnd", undefined],
];

/** Seconds after which Claude Code gives up on a hook of ours. */
const timeout = 10;

/** Where one of our hooks stands: `hooks.<event>[group].hooks[index]`. */
interface Place {
  readonly event: string;
  readonly group: number;
  readonly index: number;
  readonly command: string;
}

/** Whether a command is a hook of ours, or of the tool that came before us under the same name. */
function isRecordCommand(command: unknown): command is string {
  return typeof command === "string" && /agent-trace/.test(command) && /\brecord\b/.test(command);
}

/**
 * The commands of our hooks in a settings file of Claude Code, by event.
 * Fails with `damaged_file` where the text cannot be understood, as all functions here do.
 */
export function findClaudeHooks(text: string): ReadonlyMap<string, string> {
  return new Map(places(parseSettings(text)).map(({ event, command }) => [event, command]));
}

/** Whether every event that we want to hear of has a hook of ours. */
export function hearsEverything(hooks: ReadonlyMap<string, string>): boolean {
  return wanted.every(([event]) => hooks.has(event));
}

/**
 * The settings with our hooks, calling `command`; those that are there already have their command brought up to
 * date. `text` is undefined where there is no file yet.
 */
export function withClaudeHooks(text: string | undefined, command: string): string {
  const hook = { type: "command", command, timeout };
  const group = (matcher: string | undefined): object =>
    matcher === undefined ? { hooks: [hook] } : { matcher, hooks: [hook] };
  if (text === undefined || text.trim() === "") {
    const hooks = Object.fromEntries(wanted.map(([event, matcher]) => [event, [group(matcher)]]));
    return `${JSON.stringify({ hooks }, undefined, 2)}\n`;
  }
  const settings = parseSettings(text);
  const ours = places(settings);
  for (const { event, group: at, index } of ours) {
    settings.replaceString(["hooks", event, at, "hooks", index, "command"], command);
  }
  const missing = wanted.filter(([event]) => !ours.some((place) => place.event === event));
  if (missing.length > 0 && settings.value(["hooks"]) === undefined) {
    const hooks = missing.map(([event, matcher]) => [event, [group(matcher)]]);
    settings.append([], Object.fromEntries(hooks), "hooks");
    return settings.toString();
  }
  for (const [event, matcher] of missing) {
    const groups = settings.value(["hooks", event]);
    if (groups === undefined) settings.append(["hooks"], [group(matcher)], event);
    else if (Array.isArray(groups)) settings.append(["hooks", event], group(matcher));
    else throw notUnderstood();
  }
  return settings.toString();
}

/**
 * The settings without our hooks and without the lists that held nothing else: what stood there before they came.
 * Undefined where they are all that the file holds, as it does when we made it.
 */
export function withoutClaudeHooks(text: string): string | undefined {
  const settings = parseSettings(text);
  const ours = places(settings);
  const first = ours[0];
  if (first === undefined) return text;
  if (text === withClaudeHooks(undefined, first.command)) return undefined;
  // From the last to the first, so that the places of those still to go stay right.
  for (const { event, group, index } of ours.toReversed()) {
    const paths = [
      ["hooks", event, group, "hooks", index],
      ["hooks", event, group],
      ["hooks", event],
    ];
    // What would be left empty goes as a whole: the list with its group, the event, all hooks.
    const path = paths.find((candidate) => sizeOf(settings.value(candidate.slice(0, -1))) > 1);
    settings.remove(path ?? ["hooks"]);
  }
  return settings.toString();
}

function sizeOf(value: unknown): number {
  return Array.isArray(value) ? value.length : Object.keys(asObject(value) ?? {}).length;
}

function places(settings: JsonText): Place[] {
  const found: Place[] = [];
  for (const [event, groups] of Object.entries(asObject(settings.value(["hooks"])) ?? {})) {
    if (!Array.isArray(groups)) continue;
    groups.forEach((entry: unknown, group) => {
      const hooks = asObject(entry)?.["hooks"];
      if (!Array.isArray(hooks)) return;
      hooks.forEach((hook: unknown, index) => {
        const command = asObject(hook)?.["command"];
        if (isRecordCommand(command)) found.push({ event, group, index, command });
      });
    });
  }
  return found;
}

function parseSettings(text: string): JsonText {
  const settings = JsonText.parse(text);
  const hooks = settings?.value(["hooks"]);
  const isSound = asObject(settings?.value()) && (hooks === undefined || asObject(hooks));
  if (settings === undefined || !isSound) throw notUnderstood();
  return settings;
}

function notUnderstood(): AppError {
  return new AppError("damaged_file", "this is no settings file that can be understood");
}

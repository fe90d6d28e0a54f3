import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { type ConfigField, configFields } from "../../schema/config-fields.ts";
import { readConfig, updateConfig } from "../../store/config.ts";
import { readRemoteNames } from "../../store/known-names.ts";
import type { ProjectPaths } from "../../store/files/paths.ts";
import { readProjectConfig, updateProjectConfig } from "../../store/project-settings.ts";
import { splitCommand } from "../summarising/split-command.ts";
import { isRemoteName } from "../remotes/find-remote.ts";
import { findStoredProject } from "./find-project.ts";

export type SettingValue = string | number | boolean;

/** One field with what it is set to; `value` is undefined where it is not set and has no fallback. */
export interface Setting {
  readonly name: string;
  readonly value: SettingValue | undefined;
  readonly isSet: boolean;
  /** Its value is a secret: it can be set, and is never shown. */
  readonly isSecret: boolean;
}

const secrets = new Set(["global.auth-token"]);
const truths = new Set(["true", "yes", "on", "1", "enable"]);
const untruths = new Set(["false", "no", "off", "0", "disable"]);

export function parseField(name: string): ConfigField {
  const field = configFields.find((known) => known.name === name);
  if (field !== undefined) return field;
  throw new AppError("usage", `there is no setting \`${name}\``, {
    hint: "run `agent-trace config show` to see all settings",
  });
}

/** The fields that a name stands for: one, or with `notes` or `summary` all of that group. */
export function parseFields(name: string): readonly ConfigField[] {
  const group = configFields.filter((field) => field.name.startsWith(`${name}.`));
  return group.length > 0 && name !== "global" ? group : [parseField(name)];
}

/** Every setting; outside of a project that is set up those of the person only. */
export function readSettings(context: Context): Setting[] {
  const project = projectHere(context);
  const config = { project: {} as object, global: readConfig(context.home, context.terminal.warn) };
  if (project !== undefined)
    config.project = readProjectConfig(project, context.terminal.warn) ?? {};
  return configFields
    .filter(({ scope }) => scope === "global" || project !== undefined)
    .map((field) => settingOf(field, config[field.scope]));
}

/** Changes one setting, or with `undefined` sets it back; gives what it is then. */
export function changeSetting(
  context: Context,
  field: ConfigField,
  typed: string | undefined,
): Setting {
  const { home, terminal } = context;
  const value = typed === undefined ? undefined : parseValue(field, typed);
  const change = (config: object): void => setKey(config, keyOf(field), value);
  if (field.scope === "global") return settingOf(field, updateConfig(home, change, terminal.warn));
  const { paths } = findStoredProject(context);
  if (field.name === "summary.command" && typed !== undefined) splitCommand(typed);
  if (field.name === "summary.enabled" && value === true) warnOfNoCommand(context, paths);
  if (field.name === "remote.default" && typed !== undefined) {
    if (!readRemoteNames(paths).includes(typed)) {
      throw new AppError("unknown_remote", `no remote named \`${typed}\``, {
        hint: `add it with \`agent-trace remote add ${isRemoteName(typed) ? typed : "<name>"} <url>\``,
      });
    }
  }
  return settingOf(field, updateProjectConfig(paths, change, terminal.warn));
}

function warnOfNoCommand({ terminal }: Context, project: ProjectPaths): void {
  if ((readProjectConfig(project, terminal.warn)?.summary?.command ?? "") !== "") return;
  terminal.warn(
    "no command is set that makes summaries",
    "choose one with `agent-trace summary use claude-summary`, or set `summary.command`",
  );
}

/** Sets a field of a project's settings, by its name as people type it. */
export function changeField(config: object, name: string, value: SettingValue): void {
  setKey(config, keyOf(parseField(name)), value);
}

function projectHere(context: Context): ProjectPaths | undefined {
  try {
    return findStoredProject(context).paths;
  } catch (error) {
    const isElsewhere =
      error instanceof AppError && ["not_a_repository", "not_initialised"].includes(error.code);
    if (isElsewhere && context.options.project === undefined) return undefined;
    throw error;
  }
}

/** `notes.include-ledger` stands as `include_ledger` below `notes`; a person's settings stand at the top. */
function keyOf({ name, scope }: ConfigField): string[] {
  const keys = name.replaceAll("-", "_").split(".");
  return scope === "global" ? keys.slice(1) : keys;
}

function settingOf(field: ConfigField, config: object): Setting {
  let value: unknown = config;
  for (const key of keyOf(field)) value = (value as Record<string, unknown> | undefined)?.[key];
  const isSet = ["string", "number", "boolean"].includes(typeof value);
  const isSecret = secrets.has(field.name);
  const fallback = field.fallback === undefined ? undefined : parseValue(field, field.fallback);
  const shown = isSet ? (value as SettingValue) : fallback;
  return { name: field.name, value: isSecret ? undefined : shown, isSet, isSecret };
}

function setKey(config: object, keys: readonly string[], value: SettingValue | undefined): void {
  const [key = "", ...rest] = keys;
  const parent = config as Record<string, object | SettingValue | undefined>;
  if (rest.length === 0) {
    if (value === undefined) delete parent[key];
    else parent[key] = value;
    return;
  }
  const below = parent[key];
  if (typeof below === "object" && below !== null) setKey(below, rest, value);
  else if (value !== undefined) setKey((parent[key] = {}), rest, value);
}

export function parseValue({ name, kind, choices }: ConfigField, typed: string): SettingValue {
  if (kind === "choice") {
    if (choices?.includes(typed) === true) return typed;
    throw new AppError("usage", `\`${typed}\` is no value of \`${name}\``, {
      hint: `choose one of ${choices?.join(", ")}`,
    });
  }
  if (kind === "text") {
    if (typed !== "") return typed;
    throw new AppError("usage", `\`${name}\` cannot be empty`, {
      hint: `run \`agent-trace config reset ${name}\` to take it back`,
    });
  }
  if (kind === "boolean") {
    const word = typed.toLowerCase();
    if (truths.has(word)) return true;
    if (untruths.has(word)) return false;
    throw new AppError("usage", `\`${typed}\` is no value of \`${name}\``, {
      hint: "use true or false",
    });
  }
  const seconds = Number(typed);
  if (/^\d+(?:\.\d+)?$/.test(typed) && seconds > 0 && seconds <= 86_400) return seconds;
  throw new AppError("usage", `\`${typed}\` is no value of \`${name}\``, {
    hint: "use a number of seconds, at most 86400",
  });
}

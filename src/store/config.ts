import { Value } from "@sinclair/typebox/value";
import { GlobalConfig } from "../schema/settings.ts";
import { type JsonFile, type Warn, readJsonFile, updateJsonFile } from "./files/json-file.ts";
import { homePaths } from "./files/paths.ts";

function configFile(home: string): JsonFile<GlobalConfig> {
  return {
    path: homePaths(home).config,
    isValid: (value): value is GlobalConfig => Value.Check(GlobalConfig, value),
  };
}

/** `config.json`, tokens among it: never print the value as a whole. */
export function readConfig(home: string, warn: Warn): GlobalConfig {
  return readJsonFile(configFile(home), warn) ?? {};
}

/** Changes `config.json` in place, under its lock. */
export function updateConfig(
  home: string,
  change: (config: GlobalConfig) => void | false,
  warn: Warn,
): GlobalConfig {
  return updateJsonFile(configFile(home), { initial: () => ({}), change }, warn);
}

import type { Context } from "../../context.ts";
import { readConfig } from "../../store/config.ts";
import type { ProjectPaths } from "../../store/files/paths.ts";
import { readProjectConfig, readRemotes } from "../../store/project-settings.ts";
import { readRegistry } from "../../store/registry.ts";
import { visible } from "../../terminal/text.ts";
import { splitCommand } from "../summarising/split-command.ts";
import { summariserEnvironment } from "../summarising/summariser-world.ts";
import type { Finding } from "./finding.ts";

/** Whether every settings file can be read, and whether what is switched on can be done. */
export function examineConfiguration(context: Context, project: ProjectPaths): Finding[] {
  const area = "configuration";
  const findings: Finding[] = [];
  const warn = (message: string): void => {
    const fix = "compare it with what agent-trace made anew, and enter what is missing";
    findings.push({ level: "fail", area, message, fix });
  };
  readConfig(context.home, warn);
  readRegistry(context.home, warn);
  const settings = readProjectConfig(project, warn);
  readRemotes(project, warn);
  if (context.environment["NODE_TLS_REJECT_UNAUTHORIZED"] === "0") {
    findings.push({
      level: "warn",
      area,
      message: "`NODE_TLS_REJECT_UNAUTHORIZED=0` switches certificate checks off",
      fix: "unset it, and name the certificate authority in `NODE_EXTRA_CA_CERTS`",
    });
  }
  if (settings?.summary?.enabled === true) {
    findings.push(...examineSummariser(context, settings.summary.command ?? ""));
  }
  return findings.length > 0 ? findings : [{ level: "ok", area, message: "configuration" }];
}

function examineSummariser(context: Context, command: string): Finding[] {
  const found = { level: "warn", area: "configuration" } as const;
  let words: string[];
  try {
    words = splitCommand(command);
  } catch {
    words = [];
  }
  const [name] = words;
  if (name === undefined) {
    const message = "sessions are to be summarised, and no command is set that does it";
    return [{ ...found, message, fix: "agent-trace summary presets" }];
  }
  const { PATH = "" } = summariserEnvironment(context);
  if (name === "agent-trace" || Bun.which(name, { PATH }) !== null) return [];
  const message = `sessions are to be summarised, and \`${visible(name)}\` is not on PATH`;
  return [{ ...found, message, fix: "agent-trace summary presets" }];
}

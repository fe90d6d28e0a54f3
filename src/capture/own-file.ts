import { AppError } from "../errors.ts";
import type { HookFile } from "./agent-hooks.ts";
import { isRecordCommand } from "./json-hooks.ts";

/** How a file that is ours as a whole comes to be, and how it is known again. */
export interface OwnFile {
  readonly path: string;
  readonly isExecutable?: boolean;
  /** The event, or the plugin, under which the file's one command is told. */
  readonly event: string;
  write(command: string): string;
  /** The command in a text that `write` made; undefined for any other. */
  commandIn(text: string): string | undefined;
}

/** A plugin or a script of ours: written and removed as a whole. Somebody else's under that name is left alone. */
export function ownHookFile(file: OwnFile): HookFile {
  const { path, isExecutable = false, event } = file;
  const ours = (text: string): string | undefined => {
    const command = file.commandIn(text);
    return isRecordCommand(command) ? command : undefined;
  };
  return {
    path,
    isExecutable,
    install(text, command) {
      if (text !== undefined && text.trim() !== "" && ours(text) === undefined) {
        throw new AppError("damaged_file", "a hook of somebody else stands there");
      }
      return file.write(command);
    },
    remove: (text) => (ours(text) === undefined ? text : undefined),
    read(text) {
      const command = ours(text);
      const calls = new Map(command === undefined ? [] : [[event, command]]);
      // One that an older program wrote says less than it could.
      return { calls, isComplete: command !== undefined && text === file.write(command) };
    },
  };
}

/** A plugin in TypeScript, for agents that load one: `command` is the first constant that it has. */
export function pluginFile(path: string, source: string): HookFile {
  const head = "const command = ";
  return ownHookFile({
    path,
    event: "plugin",
    write: (command) => source.replace(`${head}"";`, () => `${head}${JSON.stringify(command)};`),
    commandIn(text) {
      const line = text.split("\n").find((found) => found.startsWith(head));
      try {
        const value: unknown = JSON.parse(line?.slice(head.length, -1) ?? "");
        return typeof value === "string" ? value : undefined;
      } catch {
        return undefined;
      }
    },
  });
}

/** What all plugins share: one payload to one run of our command, which may never disturb or delay the agent for long. */
export const tellInPlugin = `
function tell(payload: Record<string, unknown>): Promise<void> {
  return new Promise((done) => {
    try {
      const child = spawn("/bin/sh", ["-c", command], { stdio: ["pipe", "ignore", "ignore"] });
      const timer = setTimeout(() => child.kill(), 10_000);
      const end = () => {
        clearTimeout(timer);
        done();
      };
      child.on("error", end);
      child.on("close", end);
      child.stdin.on("error", () => {});
      child.stdin.end(JSON.stringify(payload));
    } catch {
      done();
    }
  });
}
`;

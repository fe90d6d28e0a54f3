import { type Environment, readVariable } from "../environment.ts";

/** Shows text by the person's pager, or answers false where that cannot be started. */
export type Pager = (text: string) => boolean;

/**
 * The pager of `AGENT_TRACE_PAGER`, else `PAGER`, else `less -FRX`. The variable is a command line of the person's
 * own, so it goes to a shell as it does in git; the text goes to the pager's standard input alone.
 */
export function openPager(environment: Environment): Pager {
  const command =
    readVariable(environment, "AGENT_TRACE_PAGER") ??
    readVariable(environment, "PAGER") ??
    "less -FRX";
  return (text) => {
    if (command === "cat") return false;
    const shell = process.platform === "win32" ? ["cmd", "/d", "/s", "/c"] : ["/bin/sh", "-c"];
    try {
      const { exitCode } = Bun.spawnSync([...shell, command], {
        stdin: new TextEncoder().encode(text),
        stdout: "inherit",
        stderr: "inherit",
      });
      return exitCode !== 126 && exitCode !== 127;
    } catch {
      return false;
    }
  };
}

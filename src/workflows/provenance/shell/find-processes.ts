import { readFileSync, readdirSync } from "node:fs";

/** Long enough to tell a command from others, short enough for what systems keep of a command line. */
const comparedCharacters = 400;

/** Quotes and blanks are another's in each shell that a command goes through. */
function squeeze(text: string): string {
  return text.replace(/[\s'"\\\0]+/g, "").slice(0, comparedCharacters);
}

/**
 * Processes that run a command line, by number and start: an agent's shell has it among its arguments. Empty where there
 * is none, or where the system does not tell.
 */
export function findProcesses(command: string): string[] {
  const sought = squeeze(command);
  if (sought === "" || process.platform === "win32") return [];
  return listProcesses()
    .filter(({ line }) => line.replace(/[\s'"\\\0]+/g, "").includes(sought))
    .map(({ name }) => name);
}

/** Whether any of the processes still runs. */
export function isAnyAlive(names: readonly string[]): boolean {
  if (names.length === 0) return false;
  if (process.platform === "linux") {
    return names.some((name) => startOf(name.split(" ")[0] ?? "") === name.split(" ")[1]);
  }
  const alive = new Set(listProcesses().map(({ name }) => name));
  return names.some((name) => alive.has(name));
}

function listProcesses(): { name: string; line: string }[] {
  if (process.platform !== "linux") return listByProgram();
  return readdirSync("/proc")
    .filter((entry) => /^[0-9]+$/.test(entry))
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, "utf8");
        const start = line === "" ? undefined : startOf(pid);
        return start === undefined ? [] : [{ name: `${pid} ${start}`, line }];
      } catch {
        return [];
      }
    });
}

/** When a process began, in the system's ticks; a number that was given again has another. */
function startOf(pid: string): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function listByProgram(): { name: string; line: string }[] {
  const { stdout } = Bun.spawnSync(["/bin/ps", "-axo", "pid=,lstart=,command="]);
  return stdout
    .toString()
    .split("\n")
    .flatMap((entry) => {
      const [, pid, start, line] =
        /^\s*(\d+)\s+(\S+\s+\S+\s+\d+ [\d:]+ \d+)\s+(.*)$/.exec(entry) ?? [];
      if (pid === undefined || start === undefined || line === undefined) return [];
      return [{ name: `${pid} ${start.replace(/\s+/g, "_")}`, line }];
    });
}

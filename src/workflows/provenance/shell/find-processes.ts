import { readFileSync, readdirSync } from "node:fs";

/** Long enough to tell a command from others, short enough for what systems keep of a command line. */
const comparedCharacters = 400;

/** Quotes and blanks are another's in each shell that a command goes through. */
function squeeze(text: string): string {
  return text.replace(/[\s'"\\\0]+/g, "").slice(0, comparedCharacters);
}

/** Clocks of processes and of events may differ by so much. */
const slack = 1_000;

/**
 * Processes that run a command line and began since a time, by number and start: an agent's shell has it among its
 * arguments. Empty where there is none, or where the system does not tell.
 */
export function findProcesses(command: string, since: number): string[] {
  const sought = squeeze(command);
  if (sought === "" || process.platform === "win32") return [];
  return listProcesses()
    .filter(({ began }) => began >= since - slack)
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

interface Process {
  readonly name: string;
  readonly line: string;
  /** In milliseconds, as `Date.now()`. */
  readonly began: number;
}

/** Ticks of `/proc` in a second, on every Linux. */
const ticks = 100;

function listProcesses(): Process[] {
  if (process.platform !== "linux") return listByProgram();
  const up = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
  const booted = Date.now() - up * 1000;
  return readdirSync("/proc")
    .filter((entry) => /^[0-9]+$/.test(entry))
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, "utf8");
        const start = line === "" ? undefined : startOf(pid);
        return start === undefined
          ? []
          : [{ name: `${pid} ${start}`, line, began: booted + (Number(start) / ticks) * 1000 }];
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

function listByProgram(): Process[] {
  const { stdout } = Bun.spawnSync(["/bin/ps", "-axo", "pid=,lstart=,command="]);
  return stdout
    .toString()
    .split("\n")
    .flatMap((entry) => {
      const [, pid, start, line] =
        /^\s*(\d+)\s+(\S+\s+\S+\s+\d+ [\d:]+ \d+)\s+(.*)$/.exec(entry) ?? [];
      if (pid === undefined || start === undefined || line === undefined) return [];
      return [{ name: `${pid} ${start.replace(/\s+/g, "_")}`, line, began: Date.parse(start) }];
    });
}

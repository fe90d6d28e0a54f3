/** Whole processes, timed from outside: a floor and the program in turn, so that drift of the machine hits both. */

export interface Timed {
  readonly p50: number;
  readonly p95: number;
}

export interface Run {
  readonly command: readonly string[];
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  /** A fresh input for each run. */
  stdin?(round: number): Uint8Array;
  /** Called before each run, outside the measured time. */
  before?(round: number): void;
}

export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function once(run: Run, round: number): number {
  run.before?.(round);
  const input = run.stdin?.(round);
  const started = performance.now();
  const { exitCode, stderr } = Bun.spawnSync([...run.command], {
    cwd: run.cwd,
    env: run.env ?? {},
    stdin: input ?? "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
  const elapsed = performance.now() - started;
  if (exitCode !== 0) {
    throw new Error(`${run.command.join(" ")} ended with ${exitCode}: ${stderr.toString()}`);
  }
  return elapsed;
}

/** Runs all of them in turn, `rounds` times after one warm-up; milliseconds in the order given. */
export function measureInTurn(runs: readonly Run[], rounds: number): Timed[] {
  const times: number[][] = runs.map(() => []);
  for (let round = 0; round <= rounds; round++) {
    runs.forEach((run, index) => {
      const elapsed = once(run, round);
      if (round > 0) times[index]?.push(elapsed);
    });
  }
  return times.map((list) => {
    const sorted = list.toSorted((a, b) => a - b);
    return { p50: percentile(sorted, 0.5), p95: percentile(sorted, 0.95) };
  });
}

/** Compiles one file into a program of its own, with the flags of the product. */
export async function compile(source: string, outfile: string): Promise<string> {
  const result = await Bun.build({
    entrypoints: [source],
    format: "esm",
    target: "bun",
    minify: true,
    bytecode: true,
    compile: {
      outfile,
      autoloadDotenv: false,
      autoloadBunfig: false,
      autoloadTsconfig: false,
      autoloadPackageJson: false,
    },
  });
  if (!result.success) throw new Error(result.logs.map(String).join("\n"));
  return outfile;
}

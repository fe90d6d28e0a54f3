import { join } from "node:path";
import { compiledProgram } from "../program.ts";
import { type Tally, addTallies } from "./tally.ts";

export interface Found {
  readonly tally: Tally;
  readonly steps: number;
}

/** Runs the histories of seeds that follow each other, two processes at a time. */
export async function runSeeds(
  first: number,
  { count, steps }: { count: number; steps: number },
): Promise<Found> {
  const half = Math.ceil(count / 2);
  const parts = [
    [first, half],
    [first + half, count - half],
  ];
  const found = await Promise.all(parts.map(([from, many]) => runWorker([from, many, steps])));
  return {
    tally: addTallies(found.map(({ tally }) => tally)),
    steps: found.reduce((sum, part) => sum + part.steps, 0),
  };
}

async function runWorker(numbers: readonly (number | undefined)[]): Promise<Found> {
  const worker = join(import.meta.dir, "worker.ts");
  const child = Bun.spawn([process.execPath, worker, ...numbers.map(String), compiledProgram()], {
    stdout: "pipe",
    stderr: "inherit",
  });
  const [out, code] = await Promise.all([child.stdout.text(), child.exited]);
  if (code !== 0) throw new Error(`histories of seeds from ${numbers[0]} on ended with ${code}`);
  return JSON.parse(out) as Found;
}

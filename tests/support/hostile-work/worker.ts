/**
 * `bun worker.ts FIRST COUNT STEPS PROGRAM`: runs the histories of seeds that follow each other, in a process of its own,
 * since many at once share no state of the program. Prints what was found as JSON, and how far it came on stderr.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runSequence } from "./sequence.ts";
import { emptyTally } from "./tally.ts";

const [first = 0, count = 0, steps = 0] = process.argv.slice(2, 5).map(Number);
const program = process.argv[5] ?? "";
const tally = emptyTally();
// Git syncs what it writes, and memory has nothing to sync.
const base = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "agent-trace-fuzz-"));
let done = 0;
try {
  for (let seed = first; seed < first + count; seed++) {
    const directory = join(base, String(seed));
    mkdirSync(directory);
    const before = tally.faults.length;
    done += await runSequence(directory, { seed, steps, program, tally });
    for (const fault of tally.faults.slice(before)) {
      if (!fault.startsWith("agent")) console.error(fault);
    }
    rmSync(directory, { recursive: true, force: true });
    if ((seed - first) % 100 === 99) {
      const { agent, agentClaimed, othersClaimed, uncounted } = tally;
      console.error(
        `${seed - first + 1} of ${count}: ${agentClaimed}/${agent}, ${othersClaimed} false, ${uncounted.length} uncounted`,
      );
    }
  }
} finally {
  rmSync(base, { recursive: true, force: true });
}
console.log(JSON.stringify({ tally, steps: done }));

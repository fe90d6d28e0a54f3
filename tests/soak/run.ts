/**
 * `bun run soak [NAME…]`: the tests that take longer than a few seconds, each `tests/soak/NAME.soak.ts` in a process of
 * its own, one after the other. Shows what fails, and a table at the end. Exits with 1 when anything failed.
 */
import { Glob } from "bun";
import { join, relative } from "node:path";

const here = relative(process.cwd(), import.meta.dir);
const all = [...new Glob("*.soak.ts").scanSync(import.meta.dir)]
  .map((file) => file.replace(/\.soak\.ts$/, ""))
  .toSorted();

function usage(): string {
  return [
    "bun run soak [NAME…]",
    "",
    "Runs the long tests of tests/soak, one process each; without a name all of them.",
    "",
    `NAMES  ${all.join(" ")}`,
    "",
  ].join("\n");
}

interface Run {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly seconds: number;
}

async function run(name: string): Promise<Run> {
  const started = performance.now();
  const file = `./${join(here, `${name}.soak.ts`)}`;
  const child = Bun.spawn([process.execPath, "test", "--timeout=600000", file], {
    stdout: "pipe",
    stderr: "pipe",
  });
  const [told, output, exitCode] = await Promise.all([
    child.stderr.text(),
    child.stdout.text(),
    child.exited,
  ]);
  const count = (word: string): number =>
    Number(new RegExp(`^ *(\\d+) ${word}$`, "m").exec(told)?.[1] ?? 0);
  const failed = count("fail") || (exitCode === 0 ? 0 : 1);
  // What a passing test prints are its figures.
  process.stdout.write(
    failed > 0 ? `\n${name}\n${output}${told}` : output.replace(/^bun test .*\n/, ""),
  );
  return { name, passed: count("pass"), failed, seconds: (performance.now() - started) / 1000 };
}

const asked = process.argv.slice(2);
const unknown = asked.filter((word) => !all.includes(word));
if (asked.includes("--help") || asked.includes("-h")) {
  process.stdout.write(usage());
} else if (unknown.length > 0) {
  process.stderr.write(`error: no soak test is called \`${unknown.join("`, `")}\`\n\n${usage()}`);
  process.exitCode = 2;
} else {
  const runs: Run[] = [];
  for (const name of asked.length > 0 ? asked : all) runs.push(await run(name));
  const widest = Math.max(4, ...runs.map(({ name }) => name.length));
  console.log(`\n${"soak".padEnd(widest)}  passed  failed  seconds`);
  for (const { name, passed, failed, seconds } of runs) {
    const figures = [String(passed).padStart(6), String(failed).padStart(6)];
    console.log([name.padEnd(widest), ...figures, seconds.toFixed(1).padStart(7)].join("  "));
  }
  if (runs.some(({ failed }) => failed > 0)) process.exitCode = 1;
}

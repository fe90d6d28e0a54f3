import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { failPoints } from "../support/fail-points.ts";
import { compiledProgram } from "../support/program.ts";

test("the program that people get holds no place where a test can kill it", async () => {
  const names = await failPoints();
  expect(names.length).toBeGreaterThan(20);
  const program = readFileSync(compiledProgram());
  const found = [...names, "failPoint"].filter((name) => program.includes(name));
  expect(found).toEqual([]);
  // What they look like where the build leaves them in.
  const { outputs } = await Bun.build({
    entrypoints: ["src/main.ts"],
    target: "bun",
    minify: true,
  });
  const kept = await Promise.all(outputs.map((output) => output.text()));
  expect(names.filter((name) => !kept.some((text) => text.includes(name)))).toEqual([]);
}, 60_000);

/** Appends records until it is killed; what stands on stdout was acknowledged before. `naive` is the control. */
import { appendFileSync, writeSync } from "node:fs";
import { appendLines } from "../../../src/store/files/append.ts";

const [path = "", name = "", manner = ""] = process.argv.slice(2);
const sizes = [200, 5_000, 3_000_000, 700, 8_000_000, 60_000];
for (let number = 0; ; number++) {
  const id = `${name}-${number}`;
  const line = JSON.stringify({ id, text: "x".repeat(sizes[number % sizes.length] ?? 0) });
  if (manner === "naive") appendFileSync(path, `${line}\n`);
  else appendLines(path, [line]);
  writeSync(1, `${id}\n`);
}

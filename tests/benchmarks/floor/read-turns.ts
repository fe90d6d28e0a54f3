/** Reads what was said in every transcript of a directory, and keeps nothing. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parseTurns } from "../../../src/capture/read-turns.ts";

const [directory = ""] = process.argv.slice(2);
let turns = 0;
for (const name of readdirSync(directory)) {
  if (!name.endsWith(".json"))
    turns += parseTurns(readFileSync(join(directory, name), "utf8")).length;
}
if (turns === 0) process.exitCode = 1;

import { resolve } from "node:path";
import type { Program } from "../context.ts";
import { dataDirectory } from "../environment.ts";
import { readStdin } from "../terminal/stdin.ts";
import { takePayload } from "../workflows/provenance/take-payload.ts";

/**
 * Runs `record` as agents call it at every tool call, without the command line, which would add a fifth to its time.
 * Gives false where something is wrong that only the command line can tell.
 */
export async function runRecord(program: Program): Promise<boolean> {
  const directory = dataDirectory(process.env);
  if (directory === undefined) return false;
  let home: string;
  try {
    home = resolve(directory);
  } catch {
    return false; // a current directory that is gone
  }
  await takePayload(
    {
      home,
      environment: process.env,
      program,
      stdin: { read: readStdin },
      now: () => new Date(),
    },
    undefined,
  );
  return true;
}

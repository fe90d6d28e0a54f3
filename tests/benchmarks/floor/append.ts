/** The least that a hook can do: take the lock, append a line, let go. */
import { dlopen, FFIType } from "bun:ffi";
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";

const library = process.platform === "darwin" ? "libSystem.B.dylib" : "libc.so.6";
const { flock } = dlopen(library, {
  flock: { args: [FFIType.i32, FFIType.i32], returns: FFIType.i32 },
}).symbols;
const line = readFileSync(0);
const file = openSync(process.argv[2] ?? "floor.jsonl", "a", 0o600);
flock(file, 2);
writeSync(file, line);
flock(file, 8);
closeSync(file);

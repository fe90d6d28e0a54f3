import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Compiles one line of source as `bun build --compile` does by itself: the floor and the failing control of tests. */
export async function compileControl(directory: string, source: string): Promise<string> {
  const entry = join(directory, "control.ts");
  const outfile = join(directory, "control");
  writeFileSync(entry, source);
  const { success } = await Bun.build({
    entrypoints: [entry],
    format: "esm",
    target: "bun",
    minify: true,
    bytecode: true,
    compile: { outfile },
  });
  if (!success) throw new Error("the control does not compile");
  return outfile;
}

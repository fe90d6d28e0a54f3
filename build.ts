/**
 * Compiles the program.
 *   bun build.ts                    this machine's target, to dist/agent-trace
 *   bun build.ts --target <name>    one target, to dist/<name>/
 *   bun build.ts --all              a release: eight archives, their sums, a bill of materials, the install scripts
 * `--outdir <dir>` takes the place of dist/. `--download-url <url>` says where a release will lie.
 */
import { parseArgs } from "node:util";
import { version } from "./package.json";
import { compile } from "./release/compile.ts";
import { readStamp } from "./release/stamp.ts";
import { ownTarget, programName, targets } from "./release/targets.ts";
import { tryOut } from "./release/try-out.ts";

const { values } = parseArgs({
  options: {
    all: { type: "boolean" },
    target: { type: "string" },
    outdir: { type: "string", default: "dist" },
    "download-url": { type: "string" },
  },
});
const { outdir } = values;
const stamp = await readStamp(version);
if (values.all === true) {
  // Loaded here alone: it loads every command, which the common build need not wait for.
  const { packRelease } = await import("./release/pack.ts");
  await packRelease({ ...stamp, outdir, downloadUrl: values["download-url"] });
} else if (values.target !== undefined) {
  const target = targets.find(({ name }) => name === values.target);
  if (target === undefined) {
    throw new Error(
      `no target \`${values.target}\`: ${targets.map(({ name }) => name).join(", ")}`,
    );
  }
  await compile(target, `${outdir}/${target.name}/${programName(target)}`, stamp);
} else {
  const outfile = `${outdir}/${programName(ownTarget())}`;
  await compile(ownTarget(), outfile, stamp);
  tryOut(outfile, stamp);
}

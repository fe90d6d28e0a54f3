import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { buildAssets } from "../src/viewer/build-assets.ts";
import { signAdHoc } from "./mach-o.ts";
import type { Target } from "./targets.ts";

/** What is compiled in beside the program. */
export interface Stamp {
  readonly version: string;
  readonly commit: string;
}

/**
 * Compiles the program for one target into one file. The flags are explained in docs/install.md, "What is compiled
 * in".
 */
export async function compile(target: Target, outfile: string, stamp: Stamp): Promise<void> {
  rmSync(outfile, { force: true });
  const result = await Bun.build({
    entrypoints: ["src/main.ts"],
    format: "esm",
    target: "bun",
    minify: true,
    bytecode: true,
    splitting: true,
    sourcemap: "none",
    env: "disable",
    throw: false,
    // Where tests kill the program is no business of a release.
    drop: ["globalThis.failPoint"],
    define: {
      AGENT_TRACE_VERSION: JSON.stringify(stamp.version),
      AGENT_TRACE_COMMIT: JSON.stringify(stamp.commit),
      AGENT_TRACE_TARGET: JSON.stringify(target.name),
      AGENT_TRACE_VIEWER: JSON.stringify(JSON.stringify(await buildAssets())),
    },
    compile: {
      target: target.bun,
      outfile,
      autoloadDotenv: false,
      autoloadBunfig: false,
      autoloadTsconfig: false,
      autoloadPackageJson: false,
      execArgv: [
        // With a blank instead of `=` this is the weak level, and no error tells.
        "--disallow-code-generation-from-strings=strict",
        "--use-system-ca",
        "--no-addons",
        "--no-ffi-cc",
      ],
    },
  });
  // A build whose bytecode failed counts as a success and dies at its start.
  const failures = result.logs.filter((log) => log.level === "error");
  if (!result.success || failures.length > 0) {
    throw new Error([`cannot compile ${target.name}`, ...failures.map(String)].join("\n"));
  }
  if (target.resign === true) {
    writeFileSync(outfile, signAdHoc(readFileSync(outfile), "agent-trace"), { mode: 0o755 });
  }
}

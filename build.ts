/** Compiles the program into one file: `bun build.ts`. */
import { $ } from "bun";
import { version } from "./package.json";

const commit = (await $`git rev-parse HEAD`.nothrow().quiet().text()).trim() || "unknown";
const target = `${process.platform}-${process.arch}`;
const result = await Bun.build({
  entrypoints: ["src/main.ts"],
  format: "esm",
  target: "bun",
  minify: true,
  bytecode: true,
  splitting: true,
  sourcemap: "none",
  env: "disable",
  define: {
    AGENT_TRACE_VERSION: JSON.stringify(version),
    AGENT_TRACE_COMMIT: JSON.stringify(commit),
    AGENT_TRACE_TARGET: JSON.stringify(target),
  },
  compile: {
    outfile: "dist/agent-trace",
    autoloadDotenv: false,
    autoloadBunfig: false,
    autoloadTsconfig: false,
    autoloadPackageJson: false,
    execArgv: [
      "--disallow-code-generation-from-strings=strict",
      "--use-system-ca",
      "--no-addons",
      "--no-ffi-cc",
    ],
  },
});
const failures = result.logs.filter((log) => log.level === "error");
if (!result.success || failures.length > 0) {
  for (const log of failures) console.error(String(log));
  process.exitCode = 1;
}

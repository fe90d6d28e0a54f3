/** Preloaded into a process: at its end it writes down the most memory that it has had, in bytes. */
import { readFileSync, writeFileSync } from "node:fs";

process.on("exit", () => {
  const status = readFileSync("/proc/self/status", "utf8");
  const kibibytes = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]);
  writeFileSync(process.env["TEST_PEAK"] ?? "/dev/null", String(kibibytes * 1024));
});

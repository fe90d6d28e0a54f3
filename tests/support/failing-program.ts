/**
 * The program, killed where `FAIL_AT` says: `<name>` or `<name>:<n>` for the n-th time that it gets there. The rest of
 * the command line is the program's own.
 */
const [wanted, count = "1"] = (process.env["FAIL_AT"] ?? "").split(":");
let left = Number(count);

globalThis.failPoint = (name) => {
  if (name === wanted && --left === 0) process.kill(process.pid, "SIGKILL");
};

await import("../../src/main.ts");
export {};

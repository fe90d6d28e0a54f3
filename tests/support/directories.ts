import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A directory of the test's own, gone when the value is disposed of. With `AGENT_TRACE_TEST_KEEP=1` it stays, and its
 * path is printed.
 */
export function temporaryDirectory(): Disposable & { readonly path: string } {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "agent-trace-test-")));
  const keeps = process.env["AGENT_TRACE_TEST_KEEP"] === "1";
  if (keeps) console.error(`kept: ${path}`);
  return {
    path,
    [Symbol.dispose]: () => void (keeps || rmSync(path, { recursive: true, force: true })),
  };
}

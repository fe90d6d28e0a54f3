import { test } from "bun:test";

/** Set in CI, where a program that a test needs must not be missing. */
const isRequired = process.env["AGENT_TRACE_GATES"] === "required";
/** What CI said, in a line of its own, that it cannot do. */
const excused = (process.env["AGENT_TRACE_CANNOT"] ?? "").split(" ");

export interface Gate {
  /** Programs that must be on PATH. */
  readonly needs?: readonly string[];
  /** What else stands in the way on this machine, such as not being root. */
  readonly unless?: string | false | undefined;
  /** What CI may say that it cannot do, in AGENT_TRACE_CANNOT. */
  readonly part?: "chroot" | "musl" | "postgres" | "s3";
  /** Milliseconds. */
  readonly timeout?: number;
}

/** A test that needs more than this repository. Where that is missing it is skipped and says so; in CI it fails. */
export function gate(
  name: string,
  { needs = [], unless, part, timeout = 30_000 }: Gate,
  run: () => Promise<void> | void,
): void {
  const missing = needs.filter((program) => Bun.which(program) === null);
  const reason =
    typeof unless === "string" ? unless : missing.length > 0 ? `no ${missing.join(", no ")}` : "";
  if (reason === "") return test(name, run, timeout);
  if (!isRequired || excused.includes(part ?? "-"))
    return test.skip(`${name} (skipped: ${reason})`, run);
  test(name, () => {
    throw new Error(`this gate cannot run: ${reason}`);
  });
}

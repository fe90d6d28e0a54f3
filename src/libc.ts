/** The few functions of the C library that the runtime does not offer. */
import { dlopen, read } from "bun:ffi";

export const EINTR = 4;

export interface Libc {
  flock(descriptor: number, operation: number): number;
  /** `fds` is `struct pollfd` as memory has it: descriptor, then events and returned events of 16 bits each. */
  poll(fds: Int32Array, count: number, milliseconds: number): number;
  /** What the call before failed of; only right behind it. */
  errorNumber(): number;
}

function libraryNames(): string[] {
  if (process.platform === "darwin") return ["libSystem.B.dylib"];
  if (process.platform !== "linux") return [];
  const machine = process.arch === "arm64" ? "aarch64" : "x86_64";
  return ["libc.so.6", `libc.musl-${machine}.so.1`, "libc.so"];
}

function open(): Libc | undefined {
  const place = process.platform === "darwin" ? "__error" : "__errno_location";
  for (const name of libraryNames()) {
    try {
      const { symbols } = dlopen(name, {
        flock: { args: ["i32", "i32"], returns: "i32" },
        poll: { args: ["ptr", "u32", "i32"], returns: "i32" },
        [place]: { args: [], returns: "ptr" },
      });
      const { flock, poll } = symbols as unknown as Pick<Libc, "flock" | "poll">;
      const errorPlace = symbols[place] as unknown as () => Parameters<typeof read.i32>[0];
      return { flock, poll, errorNumber: () => read.i32(errorPlace(), 0) };
    } catch {
      // The next name, or none at all.
    }
  }
  return undefined;
}

let opened: Libc | undefined | null = null;

/** Undefined where it cannot be had: on Windows, and where no library of these names is found. */
export function libc(): Libc | undefined {
  if (opened === null) opened = open();
  return opened;
}

import { join } from "node:path";

export interface HeldLock extends AsyncDisposable {
  /** The process that holds it. */
  readonly pid: number;
  kill(): Promise<void>;
}

/** Starts a process that holds a lock, and waits until it does. */
export async function holdLock(
  path: string,
  kind: "kernel" | "database" = "kernel",
): Promise<HeldLock> {
  const holder = join(import.meta.dir, "../store/files/lock-holder.ts");
  const child = Bun.spawn([process.execPath, holder, path, kind], {
    stdout: "pipe",
    stderr: "ignore",
  });
  const { value } = await child.stdout.getReader().read();
  const said = new TextDecoder().decode(value);
  if (said !== "held\n") throw new Error(`the lock is ${said}`);
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await child.exited;
  };
  return { pid: child.pid, kill, [Symbol.asyncDispose]: kill };
}

/**
 * Ends a request when no byte has passed for a while. Bun's own timeout is coarse, and an upload of a file that shrinks
 * would hang for ever. So nothing is awaited without the watchdog beside it.
 */
export interface Watchdog {
  readonly signal: AbortSignal;
  readonly expired: boolean;
  /** A byte has passed. */
  touch(): void;
  /** The promise, or a rejection when the dog barks or the command is interrupted. */
  guard<T>(promise: Promise<T>): Promise<T>;
  stop(): void;
}

export function startWatchdog(idle: number, outer: AbortSignal): Watchdog {
  const controller = new AbortController();
  let expired = false;
  let last = performance.now();
  let ended: { readonly reason: unknown } | undefined;
  const waiting = new Set<(reason: unknown) => void>();
  const end = (reason: unknown): void => {
    ended ??= { reason };
    controller.abort(reason);
    for (const reject of waiting) reject(reason);
    waiting.clear();
  };
  const bark = (): void => {
    const left = idle - (performance.now() - last);
    if (left > 0) {
      timer = setTimeout(bark, left);
      return;
    }
    expired = true;
    end(new DOMException("idle", "TimeoutError"));
  };
  let timer = setTimeout(bark, idle);
  const interrupt = (): void => end(outer.reason);
  if (outer.aborted) interrupt();
  else outer.addEventListener("abort", interrupt, { once: true });
  return {
    signal: controller.signal,
    get expired() {
      return expired;
    },
    touch: () => void (last = performance.now()),
    // Not `Promise.race`: one promise that outlives all chunks of a download would keep each of them in memory.
    guard: <T>(promise: Promise<T>) =>
      new Promise<T>((resolve, reject) => {
        if (ended !== undefined) reject(ended.reason);
        waiting.add(reject);
        promise.then(resolve, reject).finally(() => waiting.delete(reject));
      }),
    stop() {
      clearTimeout(timer);
      outer.removeEventListener("abort", interrupt);
    },
  };
}

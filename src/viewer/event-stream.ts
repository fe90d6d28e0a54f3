import type { ViewerSource } from "./views.ts";

/** A connection must move, or it is taken for dead. */
const beatMilliseconds = 20_000;

/** Tells a page that something was recorded, as server-sent events; the page then asks anew for what it shows. */
export function eventStream(source: Pick<ViewerSource, "watch">, ended: AbortSignal): Response {
  const stop = new AbortController();
  const signal = AbortSignal.any([ended, stop.signal]);
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (text: string): void => {
        if (!signal.aborted) controller.enqueue(encoder.encode(text));
      };
      send(": here\n\n");
      const beat = setInterval(() => send(": still here\n\n"), beatMilliseconds);
      source.watch(() => send("event: changed\ndata: {}\n\n"), signal);
      signal.addEventListener("abort", () => {
        clearInterval(beat);
        try {
          controller.close();
        } catch {
          // The reader went first.
        }
      });
    },
    cancel: () => stop.abort(),
  });
  return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
}

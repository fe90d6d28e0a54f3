import { failureResponse } from "./failure.ts";
import type { Handler } from "./request-handler.ts";

export interface Listener {
  readonly url: string;
  /** Takes no new connections, lets what is in flight end for at most `grace` milliseconds, then cuts it off. */
  stop(grace: number): Promise<void>;
}

/** Seconds in which a connection must move, in either direction. */
const idleSeconds = 60;

/** Puts what answers requests on a port; 0 takes a free one. Throws what the system says where the port is taken. */
export function listen(handler: Handler, at: { hostname: string; port: number }): Listener {
  const server = Bun.serve({
    ...at,
    fetch: (request, from) => handler.fetch(request, from.requestIP(request)?.address),
    // Two servers on one port would share it in silence, and the kernel would deal the connections out.
    reusePort: false,
    idleTimeout: idleSeconds,
    // Each route has its own limits, which differ by route and answer in JSON.
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    development: false,
    // What is not caught below: without this Bun prints pages of our source.
    error: failureResponse,
  });
  const host = at.hostname.includes(":") ? `[${at.hostname}]` : at.hostname;
  return {
    url: `http://${host}:${server.port}`,
    async stop(grace) {
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, grace);
      await Promise.race([server.stop(false), late]);
      clearTimeout(timer);
      await server.stop(true);
    },
  };
}

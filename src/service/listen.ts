import { failureResponse } from "./failure.ts";
import type { Service } from "./service.ts";

export interface Listener {
  readonly url: string;
  /** Takes no new connections, lets what is in flight end for at most `grace` milliseconds, then cuts it off. */
  stop(grace: number): Promise<void>;
}

/** Seconds in which a connection must move, in either direction. */
const idleSeconds = 60;

/** Puts a service on a port; 0 takes a free one. Throws what the system says where the port is taken. */
export function listen(service: Service, at: { hostname: string; port: number }): Listener {
  const server = Bun.serve({
    ...at,
    fetch: (request) => service.fetch(request),
    idleTimeout: idleSeconds,
    // The service has its own limits, which differ by route and answer in JSON.
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    development: false,
    // What the service does not catch itself: without this Bun prints pages of our source.
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

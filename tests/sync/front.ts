import { type TestService, testService } from "../support/service.ts";

/** An address that stays while what answers there changes: another service, or one that misbehaves by content. */
export interface Front extends AsyncDisposable {
  readonly url: string;
  /** The service behind it. Can be exchanged for another one. */
  service: TestService;
  /** May answer instead of the service, having seen the body. */
  answer: (request: Request, body: string) => Response | undefined | Promise<Response | undefined>;
  readonly log: string[];
}

export async function openFront(): Promise<Front> {
  const front: Omit<Front, "url" | typeof Symbol.asyncDispose> = {
    service: await testService(),
    answer: () => undefined,
    log: [],
  };
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 0,
    maxRequestBodySize: 1024 ** 3,
    async fetch(request) {
      const bytes = await request.arrayBuffer();
      const { pathname } = new URL(request.url);
      front.log.push(`${request.method} ${pathname}`);
      const { method, headers } = request;
      const body = method === "POST" || method === "PUT" ? { body: bytes } : {};
      const again = (): Request => new Request(request.url, { method, headers, ...body });
      const own = await front.answer(again(), new TextDecoder().decode(bytes));
      return own ?? front.service.service.fetch(again());
    },
  });
  return Object.assign(front, {
    url: `http://127.0.0.1:${server.port}`,
    async [Symbol.asyncDispose]() {
      await server.stop(true);
      await front.service[Symbol.asyncDispose]();
    },
  });
}

/** An account whose remote lies behind the front. */
export async function accountAt(front: Front): Promise<{ remote: string; token: string }> {
  const { token } = await front.service.account();
  return { remote: `${front.url}/acme/app`, token };
}

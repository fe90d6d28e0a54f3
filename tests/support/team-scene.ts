import { openTeamPages } from "../../src/workflows/team/open-team-pages.ts";
import type { AgentSession } from "./agent-session.ts";
import { type Account, type TestService, type TestServiceOptions, testService } from "./service.ts";

export interface TeamScene extends AsyncDisposable {
  readonly service: TestService;
  readonly account: Account;
  readonly session: AgentSession;
  /** What a page asks, as a browser that keeps cookies would. */
  browser(): Promise<Visitor>;
}

export interface Visitor {
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  json<T>(path: string): Promise<T>;
  logIn(secret: string, headers?: Record<string, string>): Promise<Response>;
  logOut(): Promise<Response>;
  /** The cookie as the browser sends it. */
  readonly cookie: string;
}

/** A service with its team's page, to which a repository was pushed. */
export async function teamScene(
  session: AgentSession,
  options: TestServiceOptions = {},
): Promise<TeamScene> {
  const pages = await openTeamPages();
  const service = await testService({
    ...options,
    service: { pages, now: () => Date.now() * 1000, ...options.service },
  });
  const account = await service.account("acme/app");
  await session.run(["remote", "add", "origin", account.remote, "--token", account.token]);
  const pushed = await session.run(["push"]);
  if (pushed.exitCode !== 0) throw new Error(pushed.stderr);
  return {
    service,
    account,
    session,
    browser: async () => visitorOf(service),
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]();
      session[Symbol.dispose]();
    },
  };
}

export function visitorOf(service: TestService): Visitor {
  let cookie = "";
  const take = (response: Response): Response => {
    const set = response.headers.get("Set-Cookie");
    if (set !== null) cookie = set.split(";")[0] ?? "";
    return response;
  };
  const site = { "Sec-Fetch-Site": "same-origin" };
  const get: Visitor["get"] = (path, headers = {}) =>
    service.request(path, { headers: { Cookie: cookie, ...site, ...headers } });
  return {
    get cookie() {
      return cookie;
    },
    get,
    async json<T>(path: string) {
      const response = await get(path);
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
      return (await response.json()) as T;
    },
    async logIn(secret, headers = {}) {
      return take(
        await service.request("/team/session", {
          method: "POST",
          headers: { Cookie: cookie, ...site, ...headers },
          body: JSON.stringify({ secret }),
        }),
      );
    },
    async logOut() {
      const headers = { Cookie: cookie, ...site };
      return take(await service.request("/team/session", { method: "DELETE", headers }));
    },
  };
}

import { HttpError } from "../http/http-error.ts";
import { rateLimit } from "../http/rate-limit.ts";
import type { RequestBody } from "../http/request-body.ts";
import {
  type Caller,
  bearerCaller,
  bodyDigestHeader,
  gatewayCaller,
  isAdmin,
  requireAdmin,
} from "./credentials.ts";
import type { Microseconds } from "./records.ts";
import { type Deployment, type Route, jsonBytes } from "./route.ts";
import { requireAdminSession, requireOwnSite, sessionCaller } from "./session-caller.ts";
import { missingScope } from "./routes/projects.ts";

export interface AdmissionOptions {
  readonly gatewaySecret: string | undefined;
  /** Requests a second and token; 0: no limit. */
  readonly rate: number;
}

interface Knock {
  readonly headers: Headers;
  readonly body: RequestBody;
  /** Whom the request comes from, where that is known. */
  readonly address: string | undefined;
}

export interface Admission {
  /** Who is calling, once it is certain that they may call this route. Undefined: an admin, or nobody in particular. */
  admit(route: Route, knock: Knock): Promise<Caller | undefined>;
  /** Counts an answer that refused somebody; too many from one address are no longer looked at. */
  noteRefusal(status: number, address: string | undefined): void;
}

/** Refusals a second that one address may bring about; bursts of ten times that. */
const refusalRate = 10;
/** How long the time of a token's last use may be behind: a write for every request would be dear. */
const touchEvery = 60_000_000;

/** Decides who may call what, how often. */
export function admission(
  deployment: Deployment,
  { gatewaySecret, rate }: AdmissionOptions,
): Admission {
  const { records, now, adminSecret } = deployment;
  const milliseconds = (): number => now() / 1000;
  const takeRate = rateLimit(rate, milliseconds);
  const refusals = rateLimit(refusalRate, milliseconds);
  const touched = new Map<string, Microseconds>();
  /** Addresses that have guessed too often, until when. */
  const shut = new Map<string, number>();

  function checkGuesses(address: string | undefined): void {
    const until = shut.get(address ?? "");
    if (until === undefined) return;
    if (until > milliseconds()) {
      throw new HttpError(429, "rate_limited", "too many requests were refused", {
        headers: { "Retry-After": "1" },
      });
    }
    shut.delete(address ?? "");
  }

  /** Never fails the request: on a full disk it was served all the same. */
  async function touch({ tokenId }: Caller): Promise<void> {
    if (tokenId === undefined) return;
    const at = now();
    if (at - (touched.get(tokenId) ?? 0) < touchEvery) return;
    touched.set(tokenId, at);
    await records.touchToken(tokenId, at).catch(() => touched.delete(tokenId));
  }

  async function callerOf({ streams }: Route, { headers, body, address }: Knock): Promise<Caller> {
    const signed = await gatewayCaller(records, { headers, body, secret: gatewaySecret });
    if (signed !== undefined) {
      // A proxy knows a browser by a cookie, which comes along with what another site has it send.
      requireOwnSite(headers);
      // Before a place or a rate of this person is taken, the signature must hold.
      if (streams !== true) await body.bytes(jsonBytes);
      else if (!headers.has(bodyDigestHeader)) return { ...signed, rateKey: "not signed yet" };
      return signed;
    }
    try {
      return await bearerCaller(records, headers, now());
    } catch (error) {
      checkGuesses(address);
      throw error;
    }
  }

  return {
    async admit(route, knock) {
      const { access } = route;
      const { headers, address } = knock;
      const isTyped = route.takesSecret === true;
      if (isTyped || (headers.has("X-Admin-Secret") && access !== "none")) checkGuesses(address);
      if (access === "none") return undefined;
      if (route.takesSession === true) requireOwnSite(headers);
      const isBrowser = route.takesSession === true && !bearsSecret(headers);
      if (isBrowser && access === "perhaps") {
        return sessionCaller(records, headers, now()).catch(unlessRefused);
      }
      if (access === "admin") {
        if (isBrowser) await requireAdminSession(records, headers, adminSecret);
        else requireAdmin(headers, adminSecret);
        return undefined;
      }
      if (access === "either" && isAdmin(headers, adminSecret)) return undefined;
      const caller = isBrowser
        ? await sessionCaller(records, headers, now())
        : await callerOf(route, knock);
      takeRate(caller.rateKey);
      if (!mayUse(access, caller)) throw missingScope(access);
      await touch(caller);
      return caller;
    },
    noteRefusal(status, address = "") {
      if (status !== 401 && status !== 403) return;
      try {
        refusals(address);
      } catch {
        if (shut.size < 10_000) shut.set(address, milliseconds() + 1000);
      }
    },
  };
}

function unlessRefused(error: unknown): undefined {
  if (!(error instanceof HttpError)) throw error;
}

/** What programs send. Where it stands beside a cookie it alone counts. */
function bearsSecret(headers: Headers): boolean {
  return ["Authorization", "X-Admin-Secret", "X-AgentTrace-Signature"].some((name) =>
    headers.has(name),
  );
}

function mayUse(access: Route["access"], { scopes }: Caller): boolean {
  if (access === "either" || access === "any" || access === "perhaps") return true;
  if (access === "read-or-write") return scopes.includes("read") || scopes.includes("write");
  return scopes.includes(access as never);
}

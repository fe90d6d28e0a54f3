import { HttpError } from "../http/http-error.ts";
import { type Caller, equalSecrets } from "./credentials.ts";
import type { Microseconds, Records } from "./records.ts";

const cookieName = "agent-trace-session";

/** How long a browser stays logged in. */
export const sessionMicroseconds = 12 * 60 * 60 * 1_000_000;

/**
 * The cookie that a browser keeps. It has no path: what the browser takes instead is the directory that the log-in was
 * asked at, which is right also where a proxy serves us below a prefix that we never see. `Secure` where the browser
 * came over TLS, as the proxy says; who lies about it locks nobody but themselves out.
 */
export function sessionCookie(headers: Headers, key: string | null): string {
  const isSecure = headers.get("X-Forwarded-Proto")?.toLowerCase() === "https";
  const ends = key === null ? "; Max-Age=0" : "";
  return `${cookieName}=${key ?? ""}; HttpOnly; SameSite=Strict${isSecure ? "; Secure" : ""}${ends}`;
}

/** What the browser keeps, where it has logged in. */
export function sessionKey(headers: Headers): string | undefined {
  for (const one of (headers.get("Cookie") ?? "").split(/;\s*/)) {
    const key = one.startsWith(`${cookieName}=`) ? one.slice(cookieName.length + 1) : "";
    if (/^[A-Za-z0-9_-]{43}$/.test(key)) return key;
  }
  return undefined;
}

/** A browser sends a cookie with what another site asks too, unless it is told by this. Throws 403. */
export function requireOwnSite(headers: Headers): void {
  const site = headers.get("Sec-Fetch-Site");
  const origin = headers.get("Origin");
  const isOwn =
    site !== null
      ? site === "same-origin" || site === "none"
      : origin === null || URL.parse(origin)?.host === headers.get("Host");
  if (!isOwn) throw new HttpError(403, "foreign_origin", "another site asks for these pages");
}

/** Holds as long as the admin secret is the same, and tells nothing of it without the key. */
export function adminProof(key: string, secret: string): string {
  return new Bun.CryptoHasher("sha256", key).update(secret).digest("hex");
}

function notLoggedIn(): HttpError {
  return new HttpError(401, "not_logged_in", "log in first");
}

/** Who logged in with a token, with its scope `read` alone. Throws 401, also once the token has ended. */
export async function sessionCaller(
  records: Records,
  headers: Headers,
  at: Microseconds,
): Promise<Caller> {
  const key = sessionKey(headers);
  const session = key === undefined ? undefined : await records.sessions.find(key);
  const id = session?.tokenId ?? undefined;
  const token = id === undefined ? undefined : await records.tokenById(id);
  const isLive =
    token !== undefined && token.revoked_at === null && (token.expires_at ?? Infinity) > at;
  const org = isLive ? await records.findOrg({ id: token.org_id }) : undefined;
  if (!isLive || org === undefined) throw notLoggedIn();
  return {
    org,
    projectId: token.project_id,
    scopes: token.scopes.filter((scope) => scope === "read"),
    writer: token.id,
    rateKey: token.id,
    tokenId: token.id,
  };
}

/** Throws 401 unless the browser logged in with the admin secret that is still good. */
export async function requireAdminSession(
  records: Records,
  headers: Headers,
  secret: string | undefined,
): Promise<void> {
  const key = sessionKey(headers);
  const session = key === undefined ? undefined : await records.sessions.find(key);
  const isAdmin =
    key !== undefined &&
    secret !== undefined &&
    session?.tokenId === null &&
    equalSecrets(session.proof ?? "", adminProof(key, secret));
  if (!isAdmin) throw notLoggedIn();
}

import { timingSafeEqual } from "node:crypto";
import { sha256Hex } from "../schema/digest.ts";
import { HttpError } from "../http/http-error.ts";
import type { Microseconds, Org, Records, Scope, Token } from "./records.ts";
import type { RequestBody } from "../http/request-body.ts";

/** Who is calling, and what they may do. */
export interface Caller {
  readonly org: Org;
  /** The one project that the caller is confined to; null: every project of the org. */
  readonly projectId: string | null;
  readonly scopes: readonly Scope[];
  /** Kept with the rows that the caller sends: the gateway's user, or the token's id. */
  readonly writer: string;
  /** What the rate and the number of uploads are counted by. */
  readonly rateKey: string;
  readonly tokenId: string | undefined;
}

const tokenPattern = /^at_[A-Za-z0-9_-]{43}$/;

/** A signing proxy may send the body's digest along, so that its signature can be checked before the body comes. */
export const bodyDigestHeader = "X-AgentTrace-Body-SHA256";

/** Compares secrets in a time that tells nothing of where they differ. */
export function equalSecrets(a: string, b: string): boolean {
  const digest = (text: string): Uint8Array => new Bun.CryptoHasher("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** A new token in plain text (shown once), its digest (kept) and the part that may be shown. */
export function makeToken(): { plain: string; hash: string; prefix: string } {
  const plain = `at_${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url")}`;
  return { plain, hash: sha256Hex(plain), prefix: plain.slice(0, 8) };
}

/** The live token that this text is, or undefined. */
export async function findLiveToken(
  records: Records,
  plain: string,
  at: Microseconds,
): Promise<{ token: Token; org: Org } | undefined> {
  if (!tokenPattern.test(plain)) return undefined;
  const found = await records.findToken(sha256Hex(plain));
  if (found === undefined || found.token.revoked_at !== null) return undefined;
  return (found.token.expires_at ?? Infinity) > at ? found : undefined;
}

function unauthorized(code: string, message: string): HttpError {
  return new HttpError(401, code, message, { headers: { "WWW-Authenticate": "Bearer" } });
}

/** The caller behind `Authorization: Bearer`. Throws 401. */
export async function bearerCaller(
  records: Records,
  headers: Headers,
  at: Microseconds,
): Promise<Caller> {
  const header = headers.get("Authorization");
  if (header === null) {
    throw unauthorized("missing_token", "send a token: `Authorization: Bearer at_…`");
  }
  const plain = /^Bearer +(\S+) *$/i.exec(header)?.[1];
  if (plain === undefined) {
    throw unauthorized("invalid_token", "the Authorization header is not `Bearer` and a token");
  }
  const found = await findLiveToken(records, plain, at);
  if (found === undefined)
    throw unauthorized("invalid_token", "the token is unknown, revoked or expired");
  const { token, org } = found;
  return {
    org,
    projectId: token.project_id,
    scopes: token.scopes,
    writer: token.id,
    rateKey: token.id,
    tokenId: token.id,
  };
}

/**
 * The caller that a signing reverse proxy vouches for; undefined where the request bears no signature. The
 * signature is over the body's digest. Where the proxy sends that digest along, the signature is checked at once and
 * the body must have it; else it holds only once the body was read: `body` refuses to end otherwise, and until then
 * nothing is taken from the person that it names.
 */
export async function gatewayCaller(
  records: Records,
  { headers, body, secret }: { headers: Headers; body: RequestBody; secret: string | undefined },
): Promise<Caller | undefined> {
  const signature = headers.get("X-AgentTrace-Signature");
  if (secret === undefined || signature === null) return undefined;
  const refused = new HttpError(401, "invalid_signature", "the gateway's signature does not hold");
  const orgId = headers.get("X-AgentTrace-Org") ?? "";
  const user = headers.get("X-AgentTrace-User") ?? "";
  const projectId = headers.get("X-AgentTrace-Project") ?? "";
  const check = (sha256: string): void => {
    const expected = new Bun.CryptoHasher("sha256", secret)
      .update(`${orgId}\n${user}\n${projectId}\n${sha256}`)
      .digest("hex");
    if (!equalSecrets(expected, signature.toLowerCase())) throw refused;
  };
  const digest = headers.get(bodyDigestHeader);
  if (digest !== null) check(digest.toLowerCase());
  body.expect((sha256) => {
    if (digest !== null && sha256 !== digest.toLowerCase()) throw refused;
    check(sha256);
  });
  const org = await records.findOrg({ id: orgId });
  // An unknown org is told only to who holds the secret; see the answer to an unsigned one.
  if (org === undefined) throw refused;
  return {
    org,
    projectId: projectId === "" ? null : projectId,
    scopes: ["read", "write"],
    writer: user,
    rateKey: `${orgId}\n${user}`,
    tokenId: undefined,
  };
}

/** Throws 403 unless the request bears the admin secret. */
export function requireAdmin(headers: Headers, secret: string | undefined): void {
  if (secret === undefined) {
    throw new HttpError(403, "admin_disabled", "this service takes no admin requests");
  }
  if (!isAdmin(headers, secret)) {
    throw new HttpError(403, "admin_required", "send the admin secret in `X-Admin-Secret`");
  }
}

export function isAdmin(headers: Headers, secret: string | undefined): boolean {
  const given = headers.get("X-Admin-Secret");
  return secret !== undefined && given !== null && equalSecrets(given, secret);
}

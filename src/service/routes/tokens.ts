import { isSlug } from "../../schema/ids.ts";
import { formatTime } from "../../schema/time.ts";
import { findLiveToken, makeToken } from "../credentials.ts";
import { HttpError, badRequest, json } from "../../http/http-error.ts";
import { type Scope, type Token, scopes as allScopes } from "../records.ts";
import { type Call, type Route, optionalText, readObject } from "../route.ts";
import { noteAct } from "./audit.ts";
import { namedOrg, orgNames } from "./orgs.ts";

export const tokenRoutes: readonly Route[] = [
  {
    method: "POST",
    pattern: "/api/v1/tokens",
    access: "admin",
    does: "make a token",
    handle: createToken,
  },
  {
    method: "GET",
    pattern: "/api/v1/tokens",
    access: "admin",
    does: "list an org's tokens",
    async handle(call) {
      const org = await namedOrg(call, orgNames(call));
      const tokens = await call.deployment.records.tokens(org.id);
      return json({ items: tokens.map(describe) });
    },
  },
  {
    method: "DELETE",
    pattern: "/api/v1/tokens/:id",
    access: "admin",
    does: "revoke a token",
    async handle(call) {
      const { records, now } = call.deployment;
      const token = await knownToken(call);
      await records.revokeToken(token.id, now());
      await noteAct(call, { org: token.org_id, action: "token.revoke", target: token.id });
      return json({ ok: true });
    },
  },
  {
    method: "POST",
    pattern: "/api/v1/tokens/:id/rotate",
    access: "admin",
    does: "make a token that takes another one's place",
    handle: rotateToken,
  },
  {
    method: "POST",
    pattern: "/api/v1/tokens/verify",
    access: "none",
    does: "say whether a token is good",
    handle: verifyToken,
  },
];

async function createToken(call: Call): Promise<Response> {
  const { now } = call.deployment;
  const body = await readObject(call);
  const projectId = optionalText(body, "project_id");
  if (projectId !== undefined && !isSlug(projectId)) {
    throw badRequest("invalid_slug", "`project_id` must be 1 to 64 of a-z 0-9 . _ -");
  }
  const scopes = scopesOf(body["scopes"]);
  const name = optionalText(body, "name") ?? null;
  const org = await namedOrg(call, orgNames(call, body));
  const days = daysOf(body["expires_days"]);
  const expires = days === undefined ? null : now() + days * dayMicroseconds;
  return issue(call, {
    org_id: org.id,
    project_id: projectId ?? null,
    scopes,
    name,
    expires_at: expires,
  });
}

const dayMicroseconds = 24 * 60 * 60 * 1_000_000;
const mostDays = 36_500;

function daysOf(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (Number.isInteger(value) && Number(value) >= 0 && Number(value) <= mostDays) {
    return Number(value);
  }
  throw badRequest("invalid_days", `days must be a whole number up to ${mostDays}`);
}

async function knownToken({ deployment, parameters }: Call): Promise<Token> {
  const token = await deployment.records.tokenById(parameters["id"] ?? "");
  if (token !== undefined) return token;
  throw new HttpError(404, "token_not_found", "there is no such token");
}

/** Another token with the same rights; the former one ends after some days, at once unless that is asked for. */
async function rotateToken(call: Call): Promise<Response> {
  const { records, now } = call.deployment;
  const token = await knownToken(call);
  const body = await readObject(call);
  const keep = daysOf(body["keep_days"]) ?? 0;
  if (token.revoked_at !== null || (token.expires_at ?? Infinity) <= now()) {
    throw new HttpError(409, "token_ended", "the token is revoked or expired; make another one");
  }
  const days = daysOf(body["expires_days"]);
  const expires = days === undefined ? null : now() + days * dayMicroseconds;
  const answer = await issue(call, { ...token, expires_at: expires });
  await records.expireToken(token.id, now() + keep * dayMicroseconds);
  await noteAct(call, { org: token.org_id, action: "token.rotate", target: token.id });
  return answer;
}

async function issue(
  call: Call,
  about: Pick<Token, "org_id" | "project_id" | "scopes" | "name" | "expires_at">,
): Promise<Response> {
  const { records, now } = call.deployment;
  const { plain, hash, prefix } = makeToken();
  const { org_id, project_id, scopes, name, expires_at } = about;
  const id = crypto.randomUUID();
  const token: Token = {
    id,
    prefix,
    org_id,
    project_id,
    scopes,
    name,
    expires_at,
    created_at: now(),
    last_used_at: null,
    revoked_at: null,
  };
  await records.createToken(token, hash);
  await noteAct(call, { org: org_id, action: "token.create", target: id });
  const note = "keep the token now: it is shown this once";
  const shown = { id, token: plain, prefix, org_id, project_id, scopes, name, note };
  const ends = expires_at === null ? {} : { expires_at: formatTime(BigInt(expires_at)) };
  return json({ ...shown, ...ends }, 201);
}

async function verifyToken(call: Call): Promise<Response> {
  const plain = optionalText(await readObject(call), "token");
  if (plain === undefined || plain === "") throw badRequest("missing_token", "`token` is required");
  const found = await findLiveToken(call.deployment.records, plain, call.deployment.now());
  if (found === undefined) {
    return json({ valid: false, error: "the token is unknown, revoked or expired" }, 401);
  }
  const { org, token } = found;
  const { project_id, scopes } = token;
  return json({ valid: true, org_id: org.id, org_slug: org.slug, project_id, scopes });
}

function scopesOf(value: unknown): readonly Scope[] {
  if (value === undefined || value === null) return ["read", "write"];
  const known = (scope: unknown): scope is Scope => allScopes.includes(scope as Scope);
  if (!Array.isArray(value) || value.length === 0 || !value.every(known)) {
    throw badRequest("invalid_scopes", `\`scopes\` must be a list of ${allScopes.join(", ")}`);
  }
  return allScopes.filter((scope) => value.includes(scope));
}

function describe(token: Token): object {
  const time = (at: number | null): string | null => (at === null ? null : formatTime(BigInt(at)));
  const { id, prefix, org_id, project_id, scopes, name } = token;
  return {
    id,
    prefix,
    org_id,
    project_id,
    scopes,
    name,
    created_at: time(token.created_at),
    last_used_at: time(token.last_used_at),
    revoked_at: time(token.revoked_at),
    expires_at: time(token.expires_at),
  };
}

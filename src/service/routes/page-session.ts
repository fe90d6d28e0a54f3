import { HttpError, badRequest, json } from "../../http/http-error.ts";
import { equalSecrets, findLiveToken } from "../credentials.ts";
import { type Call, type Route, optionalText, readObject } from "../route.ts";
import {
  adminProof,
  requireAdminSession,
  requireOwnSite,
  sessionCookie,
  sessionKey,
  sessionMicroseconds,
} from "../session-caller.ts";

/** Logging in to the team page, and out. The secret that is typed is compared and let go; the browser gets another key. */
export const pageSessionRoutes: readonly Route[] = [
  {
    method: "GET",
    pattern: "/team/session",
    access: "perhaps",
    takesSession: true,
    does: "who is logged in",
    handle: describe,
  },
  {
    method: "POST",
    pattern: "/team/session",
    access: "none",
    takesSecret: true,
    does: "log in",
    handle: logIn,
  },
  {
    method: "DELETE",
    pattern: "/team/session",
    access: "none",
    does: "log out",
    async handle({ deployment, request: { headers } }) {
      requireOwnSite(headers);
      const key = sessionKey(headers);
      if (key !== undefined) await deployment.records.sessions.end(key);
      return json({ ok: true }, 200, { "Set-Cookie": sessionCookie(headers, null) });
    },
  },
];

async function logIn(call: Call): Promise<Response> {
  const { records, adminSecret, now } = call.deployment;
  const { headers } = call.request;
  requireOwnSite(headers);
  const secret = optionalText(await readObject(call), "secret")?.trim() ?? "";
  if (secret === "") throw badRequest("missing_secret", "`secret` is required");
  const former = sessionKey(headers);
  if (former !== undefined) await records.sessions.end(former);
  const key = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url");
  const endsAt = now() + sessionMicroseconds;
  const found = await findLiveToken(records, secret, now());
  if (found !== undefined) {
    if (!found.token.scopes.includes("read")) {
      throw new HttpError(403, "missing_scope", "this token may not read");
    }
    await records.sessions.begin(key, { tokenId: found.token.id, proof: null, endsAt });
  } else if (adminSecret !== undefined && equalSecrets(secret, adminSecret)) {
    const proof = adminProof(key, adminSecret);
    await records.sessions.begin(key, { tokenId: null, proof, endsAt });
  } else {
    throw new HttpError(401, "invalid_token", "this token is unknown, revoked or expired");
  }
  return json({ ok: true }, 200, { "Set-Cookie": sessionCookie(headers, key) });
}

/** No refusal where nobody is logged in: a browser would write that down as an error. */
async function describe({ deployment, caller, request }: Call): Promise<Response> {
  const { records, adminSecret } = deployment;
  if (caller !== undefined) {
    const { org, projectId, tokenId } = caller;
    return json({
      role: "member",
      org: org.slug,
      name: org.name,
      project: projectId,
      people: await records.namesPeople(org.id),
      // Whom a proxy vouches for logs out there.
      logs_out: tokenId !== undefined,
    });
  }
  try {
    await requireAdminSession(records, request.headers, adminSecret);
    return json({ role: "admin", logs_out: true });
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    return json({ role: null });
  }
}

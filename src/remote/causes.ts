import { isLoopback } from "../schema/remote-url.ts";

/** Why a request got no answer, as a phrase, and what can be done about it. */
export interface Cause {
  readonly phrase: string;
  readonly hint?: string;
  /** Trying again cannot help. */
  readonly final?: boolean;
  /** Nothing listens there, or the name leads nowhere. */
  readonly nobodyThere?: boolean;
}

const trust =
  "if your network has its own certificate authority, set `NODE_EXTRA_CA_CERTS` to its PEM file";
const untrusted: Cause = { phrase: "its certificate is not trusted", hint: trust, final: true };
const cut: Cause = { phrase: "the connection was cut" };
const late: Cause = { phrase: "it did not answer in time" };
const unknownHost: Cause = {
  phrase: "no such host",
  hint: "check the spelling of the host, and the network",
  nobodyThere: true,
};
const noRoute: Cause = { phrase: "the network does not lead there", nobodyThere: true };
const proxy = "check `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`";
const refused: Cause = { phrase: "connection refused", nobodyThere: true };

/** By `code` or `name` of the error or of its cause. A library's own message is never shown: it may hold secrets. */
const causes: Readonly<Record<string, Cause>> = {
  ECONNREFUSED: refused,
  ConnectionRefused: refused,
  ENOTFOUND: unknownHost,
  EAI_AGAIN: { phrase: "its name could not be looked up", nobodyThere: true },
  EHOSTUNREACH: noRoute,
  ENETUNREACH: noRoute,
  ENETDOWN: noRoute,
  FailedToOpenSocket: noRoute,
  ECONNRESET: cut,
  ECONNABORTED: cut,
  ECONNCLOSED: cut,
  ConnectionClosed: cut,
  EPIPE: cut,
  UND_ERR_SOCKET: cut,
  ETIMEDOUT: late,
  ETIME: late,
  TimeoutError: late,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  CERT_UNTRUSTED: untrusted,
  CERT_HAS_EXPIRED: { phrase: "its certificate has expired", final: true },
  CERT_NOT_YET_VALID: {
    phrase: "its certificate is not valid yet",
    hint: "check this machine's clock",
    final: true,
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    phrase: "its certificate is for another host",
    hint: "check the host in the remote's URL",
    final: true,
  },
  EPROTO: {
    phrase: "it does not speak TLS there",
    hint: "check the scheme and the port of the remote's URL",
    final: true,
  },
  ERR_PROXY_TUNNEL: { phrase: "the proxy did not let the request through", hint: proxy },
  UnsupportedProxyProtocol: {
    phrase: "the proxy is of a kind that is not supported",
    hint: proxy,
    final: true,
  },
  ERR_INVALID_HTTP_RESPONSE: { phrase: "what answers there does not speak HTTP" },
  Malformed_HTTP_Response: { phrase: "what answers there does not speak HTTP" },
  ZlibError: cut,
};

function namesOf(error: unknown): string[] {
  if (typeof error !== "object" || error === null) return [];
  const { code, name, cause } = error as { code?: unknown; name?: unknown; cause?: unknown };
  return [code, name]
    .filter((value): value is string => typeof value === "string")
    .concat(cause === error ? [] : namesOf(cause));
}

/** Why a request failed on its way. */
export function causeOf(error: unknown): Cause {
  for (const name of namesOf(error)) {
    if (Object.hasOwn(causes, name)) return causes[name] ?? cut;
  }
  return { phrase: "the request failed on its way" };
}

/** Bun's proxy variables would catch loopback as well. */
export function bypassesProxy(url: string): boolean {
  return isLoopback(new URL(url).hostname);
}

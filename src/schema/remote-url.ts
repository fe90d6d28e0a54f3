import { AppError } from "../errors.ts";
import { type Slug, isSlug } from "./ids.ts";

/** A remote's address, taken apart. Source of the grammar: docs/sync.md, "Remote URLs". */
export interface RemoteUrl {
  /** As typed, without a trailing slash. */
  readonly url: string;
  /** What `/api/v1/…` is appended to. */
  readonly baseUrl: string;
  /** Scheme, host and port: the only place that the remote's token may be sent to. */
  readonly origin: string;
  readonly org: Slug;
  readonly project: Slug;
}

const grammar =
  "write <scheme>://<host>[:port]/<org>/<project>, or <scheme>://<host>[:port]/at/<org>/<project> behind a gateway";

/** Takes a remote URL apart, or throws `invalid_url` with the grammar as the hint. */
export function parseRemoteUrl(text: string): RemoteUrl {
  const refuse = (reason: string): never => {
    throw new AppError("invalid_url", `not a remote URL: ${reason}`, { hint: grammar });
  };
  if (!/^https?:\/\//.test(text)) refuse("it begins with neither `http://` nor `https://`");
  if (/[\s\p{Cc}\\]/u.test(text)) refuse("it holds a blank, a control character or a backslash");
  // Checked on the text: the URL parser drops an empty query, an empty fragment and an empty user name.
  if (text.includes("?")) refuse("it holds a query");
  if (text.includes("#")) refuse("it holds a fragment");
  const rest = text.slice(text.indexOf("://") + 3);
  const slash = rest.indexOf("/");
  const authority = slash < 0 ? rest : rest.slice(0, slash);
  // A URL parser would take the org for the host.
  if (authority === "") refuse("it names no host");
  if (authority.includes("@"))
    refuse("it holds a user name or password; give a token with `--token` instead");
  const parsed = URL.canParse(text) ? new URL(text) : refuse("it cannot be parsed");
  const segments = (slash < 0 ? "" : rest.slice(slash + 1)).replace(/\/$/, "").split("/");
  const gateway = segments.length === 3 && segments[0] === "at";
  if (segments.length === 2 && segments[0] === "at") {
    refuse("`/at/<org>` lacks its project, and an org named `at` cannot be told from a gateway");
  }
  if (segments.length < 2) refuse("the path must name an org and a project");
  if (segments.length > 2 && !gateway) refuse("the path is deeper than an org and a project");
  const [org, project] = gateway ? segments.slice(1) : segments;
  if (!isSlug(org))
    return refuse("the org is not a valid slug (a-z 0-9 . _ -, lower case, 1 to 64)");
  if (!isSlug(project))
    return refuse("the project is not a valid slug (a-z 0-9 . _ -, lower case, 1 to 64)");
  return {
    url: text.replace(/\/$/, ""),
    baseUrl: gateway ? `${parsed.origin}/at/${org}/${project}` : parsed.origin,
    origin: parsed.origin,
    org,
    project,
  };
}

/** Whether the address stays on this machine, where plain http is no risk and no proxy applies. */
export function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  return (
    host === "localhost" ||
    host.endsWith(".localhost") ||
    host === "::1" ||
    /^127(?:\.\d{1,3}){3}$/.test(host)
  );
}

import { join, resolve } from "node:path";
import type { Context } from "../../context.ts";
import { readVariable } from "../../environment.ts";
import { AppError } from "../../errors.ts";
import { sendAdminRequest } from "../../remote/admin-request.ts";
import { type Client, createClient } from "../../remote/client.ts";
import { isLoopback } from "../../schema/remote-url.ts";
import { type StorePlaces, hasService, openStores } from "../../service/data-directory.ts";
import { createService, microseconds } from "../../service/service.ts";
import { clientFor } from "./remote-client.ts";

/** Where the service is that is to be administered; every `admin` command takes these. */
export const serviceArguments = {
  url: {
    type: "string",
    valueHint: "URL",
    description: "a running service; takes AGENT_TRACE_ADMIN_SECRET",
  },
  data: {
    type: "string",
    valueHint: "DIR",
    description: "a service's data on this machine (AGENT_TRACE_HOME/service)",
    completes: "directory",
  },
} as const;

/** For what is done on the machine itself, beside a service that may run: where it keeps what it keeps, as for `serve`. */
export const placeArguments = {
  data: serviceArguments.data,
  database: {
    type: "string",
    valueHint: "URL",
    description: "sqlite:/absolute/path or postgres://user@host/database (DATABASE_URL)",
  },
  blobs: {
    type: "string",
    valueHint: "URL",
    description: "file:/absolute/path or s3://bucket/prefix (AGENT_TRACE_BLOBS)",
  },
} as const;

export const orgArgument = {
  org: { type: "string", valueHint: "SLUG", description: "the org (default)" },
} as const;

export interface ServicePlace {
  readonly url?: string | undefined;
  readonly data?: string | undefined;
}

type Request = Parameters<typeof sendAdminRequest>[2];
export type AdminRequest = (
  method: "GET" | "POST" | "DELETE",
  request: Request,
) => ReturnType<typeof sendAdminRequest>;

/**
 * Does an admin's work on a service across the network, or on a data directory of this machine. Both get the same
 * requests: for a directory the service is made here, as a value without a port.
 */
export async function administer<T>(
  context: Context,
  { url, data }: ServicePlace,
  work: (request: AdminRequest) => Promise<T>,
): Promise<T> {
  if (url !== undefined && data !== undefined) {
    throw new AppError("usage", "`--url` and `--data` name two services", { hint: "give one" });
  }
  const requests =
    (client: Client): AdminRequest =>
    (method, request) =>
      sendAdminRequest(client, method, request);
  if (url !== undefined) {
    try {
      return await work(requests(clientAt(context, url)));
    } catch (error) {
      if (!(error instanceof AppError) || !isRefusedSecret(error)) throw error;
      throw new AppError("unauthorized", "the service does not take this admin secret", {
        hint: "check `AGENT_TRACE_ADMIN_SECRET`; `serve` says in which file it is",
        label: error.label,
        cause: error,
      });
    }
  }

  const directory = requireService(context, data, ", or a running service with `--url`");
  const { records, segments } = await openStores({ data: directory, now: microseconds });
  try {
    const adminSecret = crypto.randomUUID();
    const { version } = context.program;
    const service = createService({ database: records, segments, adminSecret, build: version });
    const client = createClient({
      from: "the service",
      baseUrl: "http://localhost",
      adminSecret,
      userAgent: `agent-trace/${version}`,
      idleTimeout: 30_000,
      signal: context.signal,
      fetch: ((input: string, init: RequestInit) =>
        service.fetch(new Request(input, init))) as typeof fetch,
    });
    return await work(requests(client));
  } finally {
    await records.close();
  }
}

/** A service that takes no admin requests at all says so in its own words. */
function isRefusedSecret({ details, label }: AppError): boolean {
  return details["status"] === 401 || label === "admin_required";
}

/** Where a service keeps what it keeps: as told, else as the environment says, else in its data directory. */
export function storePlaces(
  { cwd, home, environment }: Context,
  places: { data?: string | undefined; database?: string | undefined; blobs?: string | undefined },
): StorePlaces {
  return {
    data: places.data === undefined ? join(home, "service") : resolve(cwd, places.data),
    database: places.database ?? readVariable(environment, "DATABASE_URL"),
    blobs: places.blobs ?? readVariable(environment, "AGENT_TRACE_BLOBS"),
    environment,
  };
}

/** The data directory of a service on this machine. `otherwise` is what else the command takes in its place. */
export function requireService(context: Context, data: string | undefined, otherwise = ""): string {
  const directory = data === undefined ? join(context.home, "service") : resolve(context.cwd, data);
  if (hasService(directory)) return directory;
  throw new AppError("not_found", `there is no service's data in ${directory}`, {
    hint: `name it with \`--data\`${otherwise}`,
  });
}

function clientAt(context: Context, text: string): Client {
  const refuse = (reason: string): never => {
    throw new AppError("invalid_url", `not a service's URL: ${reason}`, {
      hint: "write <scheme>://<host>[:port]",
    });
  };
  if (!/^https?:\/\//.test(text)) refuse("it begins with neither `http://` nor `https://`");
  if (/[\s\p{Cc}\\?#@]/u.test(text)) refuse("it holds more than a host, a port and a path");
  const url = URL.canParse(text) ? new URL(text) : refuse("it cannot be parsed");
  const adminSecret = readVariable(context.environment, "AGENT_TRACE_ADMIN_SECRET");
  if (adminSecret === undefined) {
    throw new AppError("missing_token", "`--url` needs the service's admin secret", {
      hint: "set `AGENT_TRACE_ADMIN_SECRET`; `serve` says in which file it is",
    });
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    context.terminal.warn("plain http: whoever is on the way can read the admin secret");
  }
  const baseUrl = `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
  return clientFor(context, { origin: url.origin, baseUrl }, { adminSecret });
}

/** The query that names an org, and nothing where none was named. */
export function orgQuery(org: string | undefined): string {
  return org === undefined ? "" : `?org_slug=${encodeURIComponent(org)}`;
}

/** The rows of a service's list. Whatever is no object is left out. */
export function itemsOf(value: Readonly<Record<string, unknown>>): Record<string, unknown>[] {
  const { items } = value as { items?: unknown };
  return Array.isArray(items)
    ? items.filter((item) => typeof item === "object" && item !== null)
    : [];
}

import { type Environment, readVariable } from "../environment.ts";
import { AppError, systemCode } from "../errors.ts";
import { type Bootstrapped, bootstrap, parseBootstrap } from "./bootstrap.ts";
import { adminSecretOf, openStores } from "./data-directory.ts";
import { type Listener, listen } from "../http/listen.ts";
import type { Handler } from "../http/request-handler.ts";
import type { RequestLine } from "../http/request-log.ts";
import { figuresType } from "./metrics.ts";
import { type Service, type ServicePages, createService, microseconds } from "./service.ts";

export interface ServerOptions {
  readonly data: string;
  readonly database: string | undefined;
  readonly blobs: string | undefined;
  readonly host: string;
  /** As typed; undefined: `PORT`, else 5080. */
  readonly port: string | undefined;
  readonly rateLimit: string | undefined;
  /** As typed; undefined: figures are given to the holder of the admin secret alone. */
  readonly metricsPort: string | undefined;
  /** Milliseconds, as typed, from which on a statement of the database is reported. */
  readonly slowStatement: string | undefined;
  /** `<org>/<project>` to make. */
  readonly bootstrap: string | undefined;
  /** Pages for people; undefined: there are none. */
  readonly pages: ServicePages | undefined;
  /** The database was put back to an earlier time. */
  readonly newEpoch: boolean;
  readonly environment: Environment;
  readonly version: string;
  onRequest(line: RequestLine): void;
  onFailure(error: unknown, requestId: string): void;
  /** A statement, without its values, that took as long as `slowStatement` says, or longer. */
  onSlowStatement(statement: string, milliseconds: number): void;
}

export interface Server {
  readonly url: string;
  /** Where figures for Prometheus are given to anybody who can reach it. */
  readonly metricsUrl: string | undefined;
  readonly bootstrapped: Bootstrapped | undefined;
  /** Where the admin secret stands, if this service made or found one of its own. */
  readonly adminSecretPath: string | undefined;
  /** Lets what is in flight end for at most 10 seconds, then closes everything. */
  stop(): Promise<void>;
}

const grace = 10_000;
/** Of an admin secret: a shorter one can be guessed. */
const leastSecret = 16;

/** Opens the stores, makes what a first start needs, and listens. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { environment, data, host } = options;
  // All that a person may have typed wrong is read before anything is made.
  const port = portNumber(options.port ?? readVariable(environment, "PORT") ?? "5080", "the port");
  const metricsPort =
    options.metricsPort === undefined
      ? undefined
      : portNumber(options.metricsPort, "`--metrics-port`");
  const slow =
    options.slowStatement === undefined
      ? undefined
      : wholeNumber(options.slowStatement, "`--log-sql-slow`");
  const rate = wholeNumber(options.rateLimit ?? "500", "`--rate-limit`");
  const blobMaxBytes = wholeNumber(
    readVariable(environment, "BLOB_MAX_BYTES") ?? "67108864",
    "`BLOB_MAX_BYTES`",
  );
  // Set to nothing it switches admin requests off, so the empty string is a value here.
  const given = environment["ADMIN_SECRET"];
  if (given !== undefined && given !== "" && given.length < leastSecret) {
    throw new AppError("usage", `\`ADMIN_SECRET\` must have at least ${leastSecret} characters`, {
      hint: "leave it unset, and `serve` makes a good one; set to nothing, it switches admin requests off",
    });
  }
  const names = options.bootstrap === undefined ? undefined : parseBootstrap(options.bootstrap);
  const { records, segments } = await openStores({
    ...options,
    database: options.database ?? readVariable(environment, "DATABASE_URL"),
    blobs: options.blobs ?? readVariable(environment, "AGENT_TRACE_BLOBS"),
    now: microseconds,
    onStatement:
      slow === undefined
        ? undefined
        : (statement, milliseconds) => {
            if (milliseconds >= slow) options.onSlowStatement(statement, milliseconds);
          },
  });
  let isStopping = false;
  let figures: Listener | undefined;
  try {
    if (options.newEpoch) await records.renewEpoch();
    const own = given === undefined ? adminSecretOf(data) : undefined;
    const bootstrapped =
      names === undefined ? undefined : await bootstrap(records, names, microseconds);
    const service = createService({
      database: records,
      segments,
      adminSecret: own?.secret ?? (given === "" ? undefined : given),
      gatewaySecret: readVariable(environment, "AGENT_TRACE_GATEWAY_SECRET"),
      build: readVariable(environment, "BUILD_SHA") ?? options.version,
      blobMaxBytes,
      rate,
      onRequest: options.onRequest,
      onFailure: options.onFailure,
      isReady: () => !isStopping,
      pages: options.pages,
    });
    if (metricsPort !== undefined) {
      figures = openPort(figuresAlone(service), {
        host,
        port: metricsPort,
        flag: "--metrics-port",
      });
    }
    const listener = openPort(service, { host, port, flag: "--port" });
    return {
      url: listener.url,
      metricsUrl: figures && `${figures.url}/metrics`,
      bootstrapped,
      adminSecretPath: own?.path,
      async stop() {
        isStopping = true;
        await listener.stop(grace);
        await figures?.stop(0);
        await records.close();
      },
    };
  } catch (error) {
    await figures?.stop(0);
    await records.close();
    throw error;
  }
}

/** What a port for figures alone answers. It asks for no secret, so it is for a network where only Prometheus can reach it. */
function figuresAlone(service: Service): Handler {
  return {
    async fetch(request) {
      const isAsked = request.method === "GET" && URL.parse(request.url)?.pathname === "/metrics";
      if (!isAsked) return new Response(null, { status: 404 });
      return new Response(service.figures(), { headers: { "Content-Type": figuresType } });
    },
  };
}

function portNumber(text: string, what: string): number {
  const port = wholeNumber(text, what);
  if (port > 65_535) throw new AppError("usage", `${what} ${port} is above 65535`);
  return port;
}

function openPort(
  handler: Handler,
  { host, port, flag }: { host: string; port: number; flag: string },
): Listener {
  try {
    return listen(handler, { hostname: host, port });
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    throw new AppError("failed", `cannot listen on ${host}:${port} (${code})`, {
      hint: listenHint(code, flag),
      cause: error,
    });
  }
}

function listenHint(code: string, flag: string): string {
  if (code === "EADDRINUSE")
    return `choose another port with \`${flag}\`; \`${flag} 0\` takes a free one`;
  if (code === "EACCES")
    return `ports below 1024 are for the system; choose a higher one with \`${flag}\``;
  return "no address of this machine: `--host 127.0.0.1` is for this machine alone, `--host 0.0.0.0` for every network it is in";
}

function wholeNumber(text: string, what: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new AppError("usage", `${what} must be a whole number, not \`${text}\``);
}

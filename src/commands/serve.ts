import { join, resolve } from "node:path";
import { defineCommand } from "../command.ts";
import { AppError, exitCodes } from "../errors.ts";
import { type Server, startServer } from "../service/server.ts";
import type { ServicePages } from "../service/service.ts";
import type { Terminal } from "../terminal/terminal.ts";

export default defineCommand({
  summary: "Run the service that push and pull speak to",
  details:
    "Keeps everything in one directory, with nothing to install. Each request is logged as one line of JSON on stderr. On SIGTERM or SIGINT it finishes what is in flight and exits with 0.",
  args: {
    host: { type: "string", valueHint: "HOST", description: "address to listen on (127.0.0.1)" },
    port: { type: "string", valueHint: "N", description: "port; 0 takes a free one (5080)" },
    data: {
      type: "string",
      valueHint: "DIR",
      description: "where everything is kept (AGENT_TRACE_HOME/service)",
      completes: "directory",
    },
    database: {
      type: "string",
      valueHint: "URL",
      description: "sqlite:/absolute/path or postgres://user@host/database",
    },
    blobs: {
      type: "string",
      valueHint: "URL",
      description: "file:/absolute/path or s3://bucket/prefix",
    },
    bootstrap: {
      type: "string",
      valueHint: "ORG/PROJECT",
      description: "make these two and a token, and print how to use it",
    },
    ui: {
      type: "boolean",
      description: "a page for the team at `/` (with `--bootstrap` it is there)",
    },
    "no-ui": { type: "boolean", description: "no page, also with `--bootstrap`" },
    "new-epoch": {
      type: "boolean",
      description: "the database was put back to an earlier time: clients send what it lacks",
    },
    "metrics-port": {
      type: "string",
      valueHint: "N",
      description: "give figures for Prometheus on a port of their own, without a secret",
    },
    "log-sql-slow": {
      type: "string",
      valueHint: "MS",
      description: "log each statement of the database that takes as long",
    },
    "rate-limit": {
      type: "string",
      valueHint: "N",
      description: "requests a second and token; 0 is off (500)",
    },
  },
  examples: [
    { does: "from nothing to a first push", line: "agent-trace serve --bootstrap acme/app" },
    { does: "on a free port, for a script", line: "agent-trace serve --port 0 --json" },
  ],
  handlesSignals: true,
  async run(context, args) {
    const { terminal, signal, options, environment, program } = context;
    if (args.ui === true && args["no-ui"] === true) {
      throw new AppError("usage", "`--ui` and `--no-ui` exclude each other");
    }
    const hasPages = args.ui ?? (args.bootstrap !== undefined && args["no-ui"] !== true);
    const server = await startServer({
      pages: hasPages ? await openPages() : undefined,
      data:
        args.data === undefined ? join(context.home, "service") : resolve(context.cwd, args.data),
      database: args.database,
      blobs: args.blobs,
      host: args.host ?? "127.0.0.1",
      port: args.port,
      rateLimit: args["rate-limit"],
      metricsPort: args["metrics-port"],
      slowStatement: args["log-sql-slow"],
      bootstrap: args.bootstrap,
      newEpoch: args["new-epoch"] === true,
      environment,
      version: program.version,
      onSlowStatement: (statement, milliseconds) =>
        log(terminal, {
          time: context.now().toISOString(),
          slow_sql: statement.replace(/\s+/g, " ").trim(),
          duration_ms: Math.round(milliseconds * 1000) / 1000,
        }),
      onRequest: (line) => void (options.quiet || log(terminal, line)),
      onFailure: (error, request_id) =>
        log(terminal, {
          time: context.now().toISOString(),
          // The stack of an error from outside of JavaScript leaves out what the error says.
          failure:
            error instanceof Error ? `${String(error)}\n${error.stack ?? ""}` : String(error),
          request_id,
        }),
    });
    try {
      announce(terminal, server, hasPages);
      await aborted(signal);
    } finally {
      await server.stop();
    }
    return exitCodes.ok;
  },
});

/** Loaded where there are pages alone. */
async function openPages(): Promise<ServicePages> {
  const { openTeamPages } = await import("../workflows/team/open-team-pages.ts");
  return openTeamPages();
}

function announce(terminal: Terminal, server: Server, hasPages: boolean): void {
  const { url, metricsUrl, bootstrapped, adminSecretPath } = server;
  const answer = (): void =>
    terminal.answer("serve", {
      url,
      ...bootstrapped,
      admin_secret_path: adminSecretPath ?? null,
      ...(metricsUrl === undefined ? {} : { metrics_url: metricsUrl }),
    });
  terminal.print(`Listening on ${url}`);
  if (hasPages) terminal.note(`The team's page is at ${url}/`);
  if (metricsUrl !== undefined) terminal.note(`Figures for Prometheus are at ${metricsUrl}`);
  if (adminSecretPath !== undefined) terminal.note(`The admin secret is in ${adminSecretPath}`);
  if (bootstrapped !== undefined) {
    const { org, project, token } = bootstrapped;
    if (token === null) {
      terminal.note(
        `\`${org}\` has a token already; \`agent-trace admin token create\` makes another`,
      );
      return answer();
    }
    terminal.print("In a repository, type:");
    terminal.print(`  agent-trace remote add origin ${url}/${org}/${project} --token ${token}`);
  }
  answer();
}

/** A log that cannot be written must not stop the service. */
function log(terminal: Terminal, line: object): void {
  try {
    terminal.stderr.write(`${JSON.stringify(line)}\n`);
  } catch {
    // Whoever read it has gone, or the disk is full; the next line may fare better.
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve: done } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => done(), { once: true });
  await promise;
}

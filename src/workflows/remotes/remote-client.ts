import type { Context } from "../../context.ts";
import { readVariable } from "../../environment.ts";
import { AppError } from "../../errors.ts";
import { type Client, createClient } from "../../remote/client.ts";
import { type Whoami, checkScope } from "../../remote/whoami.ts";
import type { RemoteUrl } from "../../schema/remote-url.ts";

const defaultTimeout = 30;

/** `AGENT_TRACE_HTTP_TIMEOUT` in milliseconds. */
function idleTimeout(context: Context): number {
  const text = readVariable(context.environment, "AGENT_TRACE_HTTP_TIMEOUT");
  if (text === undefined) return defaultTimeout * 1000;
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds > 0 && seconds <= 86_400) return seconds * 1000;
  throw new AppError("usage", "`AGENT_TRACE_HTTP_TIMEOUT` is not a number of seconds", {
    hint: "set it to a number above 0, or unset it for 30",
  });
}

/** Before the first request of a command that needs the network. */
export function requireNetwork(context: Context): void {
  if (!context.options.offline) return;
  throw new AppError("offline", "this needs the network, and `--offline` is on", {
    hint: "leave out `--offline`, and see that `AGENT_TRACE_OFFLINE` is not set",
  });
}

export interface Caller {
  /** As the person knows it; undefined for a URL that is no remote yet. */
  readonly name?: string;
  readonly token?: string | undefined;
  readonly adminSecret?: string | undefined;
}

/** A client for the service at a URL, with this command's clock, signal and debug log. */
export function clientFor(
  context: Context,
  url: Pick<RemoteUrl, "origin" | "baseUrl">,
  caller: Caller,
): Client {
  requireNetwork(context);
  const { program, terminal } = context;
  return createClient({
    from:
      caller.name === undefined ? `\`${url.origin}\`` : `remote \`${caller.name}\` (${url.origin})`,
    baseUrl: url.baseUrl,
    token: caller.token,
    adminSecret: caller.adminSecret,
    userAgent: `agent-trace/${program.version} (${program.target})`,
    idleTimeout: idleTimeout(context),
    signal: context.signal,
    debug: terminal.debug,
    // The remote's name stands in the progress line already, where there is one.
    onWait: (reason) => terminal.wait(reason.replace(/^cannot reach .*?\): /, "")),
  });
}

/**
 * Compares the token with the URL before anything moves; an old service that cannot tell is warned of. Without the name
 * of a remote, a wrong token is one that this command was given.
 */
export async function requireScope(
  context: Context,
  client: Client,
  { url, name }: { readonly url: RemoteUrl; readonly name: string | undefined },
): Promise<Whoami | undefined> {
  const setToken = name === undefined ? "--token -" : `agent-trace remote set-token ${name}`;
  const whoami = await checkScope({ client, url, setToken });
  if (whoami === undefined) {
    context.terminal.warn(
      `${client.from} is too old to say whose token this is (whoami_unsupported)`,
    );
  }
  return whoami;
}

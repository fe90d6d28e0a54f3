import { createPolicy } from "../../src/redaction/policy.ts";
import { createRedactor, readRedactorState } from "../../src/redaction/redactor.ts";
import { createClient } from "../../src/remote/client.ts";
import type { Clock } from "../../src/remote/clock.ts";
import { connectService } from "../../src/remote/service-connection.ts";
import { createServiceRemote } from "../../src/remote/service-remote.ts";
import { openExchange } from "../../src/store/exchange/open-exchange.ts";
import type { ProjectPaths } from "../../src/store/files/paths.ts";
import type { Rewrite } from "../../src/store/transcripts/rewrite.ts";
import type { ExchangePorts } from "../../src/sync/ports.ts";
import { pull } from "../../src/sync/pull.ts";
import { push } from "../../src/sync/push.ts";
import type { Account } from "./service.ts";

const policy = createPolicy();

/** How a push masks transcripts, with no secrets but those that can be told by their form. */
export const masking: Rewrite = {
  id: policy.id,
  begin(state) {
    const redactor = createRedactor(policy, { after: readRedactorState(state) });
    return {
      write: (chunk) => redactor.write(chunk),
      end: () => redactor.end(),
      get state() {
        return redactor.state;
      },
      counts: redactor.counts,
    };
  },
};

export interface ExchangeClientOptions {
  readonly account: Account;
  /** Where the service is reached: itself, or a proxy before it. */
  readonly url: string;
  /** Compresses bodies, as across a network. */
  readonly compress?: boolean;
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  readonly rewrite?: Rewrite;
  /** For controls: the store with its writes in another order. */
  readonly wrap?: (store: ExchangePorts) => ExchangePorts;
}

/** Push and pull of a project's store in this process, without a command line. Opened anew for each exchange. */
export function exchangeClient(project: ProjectPaths, options: ExchangeClientOptions) {
  const { account, url, compress = false, clock, rewrite } = options;
  const signal = options.signal ?? new AbortController().signal;
  const client = createClient({
    from: "remote `origin`",
    baseUrl: url,
    token: account.token,
    userAgent: "agent-trace/0.2.0",
    idleTimeout: 30_000,
    signal,
    ...(clock === undefined ? {} : { clock }),
  });
  const place = { name: "origin", url: account.remote, project: account.project };
  const remote = createServiceRemote(connectService({ ...place, client, compress }));
  const opened = openExchange(project, {
    remote: "origin",
    warn: (message) => {
      throw new Error(message);
    },
    now: () => new Date(),
    rewrite,
  });
  const store = options.wrap?.(opened) ?? opened;
  const work = { store, remote, signal, report: () => {} };
  return {
    remote,
    push: () =>
      push({ ...work, choice: { full: true, only: "all", since: undefined, transcripts: true } }),
    pull: () => pull({ ...work, choice: { since: undefined, transcripts: true } }),
    [Symbol.dispose]() {
      try {
        store.memory.flush();
      } finally {
        opened[Symbol.dispose]();
      }
    },
  };
}

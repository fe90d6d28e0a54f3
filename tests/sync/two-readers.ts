import { appendFileSync } from "node:fs";
import { type AgentSession, agentSession } from "../support/agent-session.ts";
import { type CliOptions, type Outcome, cli } from "../support/cli.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { gitTestEnvironment } from "../support/repository.ts";
import { type Account, type TestService, testService } from "../support/service.ts";

export const secret = "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";

export const said = (text: string): string =>
  `${JSON.stringify({ type: "user", message: { role: "user", content: [{ type: "text", text }] } })}\n`;

export interface TwoReaders extends AsyncDisposable {
  readonly service: TestService;
  readonly account: Account;
  /** Who recorded an agent's work on `a.ts`, with a secret in the conversation. */
  readonly session: AgentSession;
  /** Where the teammate's things are. */
  readonly home: string;
  /** A teammate, who reads the same repository from another home. */
  ben(argv: readonly string[], options?: CliOptions): Promise<Outcome>;
}

/** Both have the remote `origin`; nothing was pushed yet. `url` is another way to the service. */
export async function twoReaders(url?: (service: TestService) => string): Promise<TwoReaders> {
  const service = await testService();
  const account = await service.account("acme/p");
  const session = await agentSession();
  const directory = temporaryDirectory();
  const home = directory.path;
  const ben: TwoReaders["ben"] = (argv, options = {}) =>
    cli(argv, { home, cwd: session.repo.path, environment: gitTestEnvironment, ...options });
  appendFileSync(session.transcript, said(`write it with ${secret}`).repeat(3));
  await session.write("a.ts", "one\n");
  await session.commit();
  const remote = url === undefined ? account.remote : `${url(service)}/acme/p`;
  const add = ["remote", "add", "origin", remote, "--token", "-"];
  const typed = { stdin: `${account.token}\n` };
  await session.run(add, typed);
  await ben(["init", "--no-hooks"]);
  await ben(add, typed);
  return {
    service,
    account,
    session,
    home,
    ben,
    async [Symbol.asyncDispose]() {
      session[Symbol.dispose]();
      directory[Symbol.dispose]();
      await service[Symbol.asyncDispose]();
    },
  };
}

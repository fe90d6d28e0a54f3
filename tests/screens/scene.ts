import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { conversationIdOf } from "../../src/schema/digest.ts";
import { type AgentSession, agentSession } from "../support/agent-session.ts";
import { type CliOptions, cli } from "../support/cli.ts";
import { type Account, type TestService, adminSecret, testService } from "../support/service.ts";

/** How a screen is looked at. */
export const looks = {
  "80 × 24, in colour": { terminal: true, columns: 80, environment: { LANG: "C.UTF-8" } },
  "200 × 50, plain": { terminal: true, columns: 200, environment: { NO_COLOR: "1" } },
  piped: {},
} as const satisfies Record<string, CliOptions>;

export type Look = keyof typeof looks;
export const lookNames = Object.keys(looks) as Look[];

/** A repository with an agent's and a person's lines, and a service that has an org and a project. */
export interface Scene extends AsyncDisposable {
  readonly session: AgentSession;
  readonly account: Account;
  /** What a command line shows, stdout then stderr, without what differs from run to run. */
  show(look: Look, argv: readonly string[]): Promise<string>;
}

const said = (role: string, text: string): string =>
  `${JSON.stringify({ type: role, message: { role, content: [{ type: "text", text }] } })}\n`;

export async function openScene(): Promise<Scene> {
  const service: TestService = await testService();
  const account = await service.account("acme/app");
  const session = await agentSession();
  appendFileSync(session.transcript, said("user", "write a function that adds two numbers"));
  appendFileSync(session.transcript, said("assistant", "Here is `add`, with a test beside it."));
  await session.write(
    "src/add.ts",
    "export function add(a: number, b: number) {\n\treturn a + b;\n}\n",
  );
  session.type(
    "src/add.ts",
    `// by hand\n${await Bun.file(`${session.repo.path}/src/add.ts`).text()}`,
  );
  await session.commit();
  await session.write("src/open.ts", "export const open = true;\n");
  const program = join(session.home, ".local/bin/agent-trace");
  mkdirSync(dirname(program), { recursive: true });
  writeFileSync(program, "");
  await session.run(["init"], { program });
  await session.run(["remote", "add", "origin", account.remote, "--token", account.token]);
  const same: (readonly [string | RegExp, string])[] = [
    [session.repo.path, "/work/repo"],
    [session.home, "/home/ada"],
    [service.data, "/srv/traces"],
    [new URL(service.url).host, "127.0.0.1:50800"],
    [conversationIdOf(session.transcript), "5e5510".padEnd(64, "0")],
    [conversationIdOf(session.transcript).slice(0, 12), "5e5510000000"],
    [conversationIdOf(session.transcript).slice(0, 6), "5e5510"],
    [account.token.slice(-4), "7a5d"],
    [/at-[0-9a-f]{32}/g, "at-0123456789abcdef0123456789abcdef"],
    [
      /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g,
      "6f1c1a52-6a3c-4bb7-9f0e-0d1f4f5f7a10",
    ],
    [/at_[\w-]{3,43}/g, "at_…"],
    [/last (push|pull) (?:now|\d\w+ ago)/g, "last $1 now"],
    [/\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+00:00)/g, "2026-02-10T12:00:00Z"],
    [/\d{4}-\d\d-\d\d/g, "2026-02-10"],
    [/epoch [0-9a-f-]+(?:\.\d+)?/g, "epoch 5e5510"],
    [/git \d[\d.]+\d/g, "git 2.47.3"],
    [/claude-code +(?:now|\d+(?:mo|[mhdwy])(?: ago)?) /g, "claude-code 3d "],
  ];
  return {
    session,
    account,
    async show(look, argv) {
      const { environment, ...options } = { environment: {}, ...looks[look] };
      const { exitCode, stdout, stderr } = await cli(argv, {
        home: session.home,
        cwd: session.repo.path,
        program,
        ...options,
        environment: {
          ...environment,
          GIT_CONFIG_GLOBAL: "/dev/null",
          GIT_CONFIG_NOSYSTEM: "1",
          AGENT_TRACE_ADMIN_SECRET: adminSecret,
          AGENT_TRACE_NO_PROGRESS: "1",
        },
      });
      const parts = [stdout, stderr === "" ? "" : `--- stderr ---\n${stderr}`];
      const end = exitCode === 0 ? "" : `--- exit ${exitCode} ---\n`;
      return same.reduce(
        (text, [from, to]) => text.replaceAll(from, to),
        `${parts.join("")}${end}`,
      );
    },
    async [Symbol.asyncDispose]() {
      session[Symbol.dispose]();
      await service[Symbol.asyncDispose]();
    },
  };
}

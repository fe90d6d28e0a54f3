import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { type AgentSession, agentSession } from "./agent-session.ts";

export interface ViewerScene extends AsyncDisposable {
  readonly session: AgentSession;
  /** The address that the viewer printed. */
  readonly url: string;
  readonly origin: string;
}

const main = join(import.meta.dir, "../../src/main.ts");

/** `agent-trace viewer` as a process of its own over a repository; `program` takes the place of the source. */
export async function startViewerOf(
  session: AgentSession,
  options: { readonly program?: readonly string[] } = {},
): Promise<ViewerScene> {
  const { program = [process.execPath, main] } = options;
  const child = Bun.spawn([...program, "viewer", "--no-open", "--json"], {
    cwd: session.repo.path,
    env: { PATH: process.env["PATH"] ?? "", HOME: session.home },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const reader = child.stdout.getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { done, value } = await reader.read();
    if (done) throw new Error("the viewer did not start");
    text += new TextDecoder().decode(value);
  }
  const { url } = JSON.parse(text) as { url: string };
  return {
    session,
    url,
    origin: new URL(url).origin,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      if ((await child.exited) !== 0) throw new Error("the viewer did not end well");
      session[Symbol.dispose]();
    },
  };
}

/** Appends lines to the session's transcript, as the agent writes it. */
export function say(session: AgentSession, ...records: readonly object[]): void {
  for (const record of records) appendFileSync(session.transcript, `${JSON.stringify(record)}\n`);
}

export const person = (text: string, time = new Date().toISOString()): object => ({
  type: "user",
  timestamp: time,
  message: { role: "user", content: text },
});

export const agent = (...content: readonly object[]): object => ({
  type: "assistant",
  timestamp: new Date().toISOString(),
  message: {
    id: crypto.randomUUID(),
    role: "assistant",
    model: "claude-sonnet-4-5",
    usage: { input_tokens: 1200, output_tokens: 240, cache_read_input_tokens: 9000 },
    content,
  },
});

export const text = (words: string): object => ({ type: "text", text: words });

const parser = `import { readFileSync } from "node:fs";

/** What a line of the file says. */
export interface Entry {
  readonly key: string;
  readonly value: string;
}

export function parse(path: string): Entry[] {
  const entries: Entry[] = [];
  for (const line of readFileSync(path, "utf8").split("\\n")) {
    const [key, value] = line.split("=");
    if (key === undefined || value === undefined) continue;
    entries.push({ key: key.trim(), value: value.trim() });
  }
  return entries;
}
`;

/** A small repository in which an agent and a person took turns. */
export async function calmScene(): Promise<AgentSession> {
  const session = await agentSession();
  session.type("README.md", "# Settings\n\nReads key and value pairs.\n");
  session.type(
    "src/main.ts",
    'import { parse } from "./parser.ts";\n\nconsole.log(parse("settings"));\n',
  );
  await session.commit("Begin with a main file");
  say(
    session,
    person("Write a parser for key=value files. Blank lines are no entries."),
    agent(
      text(
        "I'll add `src/parser.ts` with a **parse** function.\n\n- one entry a line\n- see https://example.com/format",
      ),
      {
        type: "tool_use",
        id: "t1",
        name: "Write",
        input: { file_path: join(session.repo.path, "src/parser.ts"), content: parser },
      },
    ),
    {
      type: "user",
      message: {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "t1", content: "\u001b[32mok\u001b[0m file written" },
        ],
      },
    },
  );
  await session.write("src/parser.ts", parser);
  await session.commit("Parse settings");
  session.type(
    "src/parser.ts",
    parser.replace(
      "  return entries;",
      "  // Callers expect them in order.\n  entries.sort((a, b) => (a.key < b.key ? -1 : 1));\n  return entries;",
    ),
  );
  await session.commit("Sort the entries");
  const before = { type: "tool_use", id: "t2", name: "Edit" };
  const [old_string, new_string] = [
    "    if (key === undefined || value === undefined) continue;",
    '    if (key === undefined || value === undefined) continue;\n    if (key.startsWith("#")) continue;',
  ];
  say(
    session,
    person("Comments begin with #. Skip them."),
    agent(text("Skipping lines whose key begins with `#`."), {
      ...before,
      input: { file_path: join(session.repo.path, "src/parser.ts"), old_string, new_string },
    }),
  );
  await session.edit("src/parser.ts", old_string ?? "", new_string ?? "");
  return session;
}

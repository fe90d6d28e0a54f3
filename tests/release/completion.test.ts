import { expect } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gate } from "../support/gate.ts";
import { compiledProgram } from "../support/program.ts";
import { startSession } from "../support/pseudo-terminal.ts";
import { tempRepo } from "../support/repository.ts";

const id = `at-${"0".repeat(32)}`;

/** A repository that is set up, with remotes, one of them named to do harm, and tracked files. */
function scene() {
  const repo = tempRepo();
  repo.commit("first", { "src/app.ts": "", "src/apple pie.ts": "", "notes.md": "" });
  writeFileSync(join(repo.repository.commonDir, "agent-trace-id"), `${id}\n`);
  const project = join(repo.path, "../home/.agent-trace/projects", id);
  mkdirSync(project, { recursive: true });
  writeFileSync(join(project, "project-config.json"), "{}");
  const names = ["upstream", "upcountry", "$(touch pwned)", "esc\u001B[2J"];
  writeFileSync(
    join(project, "remotes.json"),
    JSON.stringify(Object.fromEntries(names.map((name) => [name, {}]))),
  );
  const environment = {
    HOME: join(repo.path, "../home"),
    PATH: `${dirname(compiledProgram())}:${process.env["PATH"]}`,
    LC_ALL: "C.UTF-8",
    PS1: "ready> ",
  };
  return { repo, environment, [Symbol.dispose]: () => repo[Symbol.dispose]() };
}

const shells: Record<string, { argv: string[]; prepare: string }> = {
  bash: {
    argv: ["bash", "--norc", "--noprofile", "-i"],
    prepare: "source <(agent-trace completion bash)",
  },
  zsh: {
    argv: ["zsh", "-f", "-i"],
    prepare: "autoload -Uz compinit; compinit -D; source <(agent-trace completion zsh)",
  },
  "zsh, from a directory of functions": {
    argv: ["zsh", "-f", "-i"],
    prepare:
      "mkdir $HOME/f; agent-trace completion zsh > $HOME/f/_agent-trace; fpath=($HOME/f $fpath); autoload -Uz compinit; compinit -D",
  },
  fish: {
    argv: ["fish", "--no-config", "-i"],
    prepare: "agent-trace completion fish | source",
  },
};

/** What is typed before and behind the tab, and the words that the shell then has. */
const lines: readonly [string, string, string, readonly string[]][] = [
  ["a command", "compl", "x", ["completion", "x"]],
  ["a choice", "completion powe", "x", ["completion", "powershell", "x"]],
  ["an option", "version --verb", "x", ["version", "--verbose", "x"]],
  ["an option that takes a value", "version --proj", "x", ["version", "--project=x"]],
  ["a value behind an equals sign", "version --color=al", "x", ["version", "--color=always", "x"]],
  ["a help topic", "help exit", "x", ["help", "exit-codes", "x"]],
  ["a remote", "remote show upst", "x", ["remote", "show", "upstream", "x"]],
  ["a field", "config set notes.include-p", "x", ["config", "set", "notes.include-prompts", "x"]],
  ["a tracked directory", "blame sr", "x", ["blame", "src/x"]],
  ["a tracked file", "blame src/app.", "x", ["blame", "src/app.ts", "x"]],
  ["a file with a blank", "blame src/apple", "x", ["blame", "src/apple pie.ts", "x"]],
  ["a hostile name", "remote show \\$", "x", ["remote", "show", "$(touch pwned)", "x"]],
];

for (const [shell, { argv, prepare }] of Object.entries(shells)) {
  gate(
    `tab completes in ${shell}`,
    { needs: [argv[0] ?? "", "git"], timeout: 60_000 },
    async () => {
      using there = scene();
      await using session = startSession(argv, {
        cwd: there.repo.path,
        environment: there.environment,
      });
      session.type(`${prepare}; echo rea''dy\r`);
      await session.see("ready");
      for (const [what, typed, behind, words] of lines) {
        session.type(`agent-trace ${typed}\t${behind}`);
        // Back to the start of the line: the shell itself shows into which words it cuts what stands there.
        session.type("\u0001printf '[%s]' \r");
        const expected = ["agent-trace", ...words].map((word) => `[${word}]`).join("");
        await session.see(expected).catch((error: Error) => {
          throw new Error(`${what}: ${error.message}`);
        });
      }
      // Of several, all are shown.
      session.type("agent-trace remote show up\t\t");
      await session.see(/up(country|stream)[^]*up(country|stream)/);
      expect(existsSync(join(there.repo.path, "pwned"))).toBe(false);
    },
  );
}

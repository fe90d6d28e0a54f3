import { expect, test } from "bun:test";
import type { HookState } from "../../../src/workflows/set-up/git-hooks.ts";
import { hookProblems } from "../../../src/workflows/set-up/hook-states.ts";

const state = (changes: Partial<HookState>): HookState => ({
  name: "post-commit",
  kind: "git",
  path: "/repo/.git/hooks/post-commit",
  isInstalled: true,
  program: undefined,
  ...changes,
});
const agent = state({ name: "claude-code", kind: "agent-everywhere" });
const fix = "run `agent-trace init`";

test.each([
  [[state({}), agent], []],
  [
    [state({ isInstalled: false }), agent],
    [{ problem: "git's post-commit hook does not call agent-trace", fix }],
  ],
  [[state({}), { ...agent, isInstalled: false }, { ...agent, kind: "agent" }] as HookState[], []],
  [
    [state({}), { ...agent, isInstalled: false }],
    [
      {
        problem: "no coding agent has hooks that call agent-trace",
        fix: `${fix} or \`agent-trace hooks setup-global\``,
      },
    ],
  ],
  [
    [state({ program: "/nonexistent/agent-trace" }), agent],
    [{ problem: "post-commit calls `/nonexistent/agent-trace`, which is not there", fix }],
  ],
])("what is wrong with %j is found", (states, problems) => {
  expect(hookProblems(states)).toEqual(problems);
});

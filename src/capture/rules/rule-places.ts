/** Where agents look for what a repository wants of them. Paths are relative to the work tree, with `/`. */
export interface RulePlace {
  /** A file of its own for the rule, or a part of a file that others write, too. */
  readonly kind: "own file" | "part";
  readonly path: string;
  /** What the agent wants before the text. */
  readonly head?: string;
}

/** A name that agent-trace-cli gives its files, too: they are ours to bring up to date. */
const name = "agent-trace-context-for-agents";
const part = (path: string): RulePlace => ({ kind: "part", path });
const own = (path: string, ...head: string[]): RulePlace => ({
  kind: "own file",
  path,
  ...(head.length === 0 ? {} : { head: ["---", ...head, "---", "", ""].join("\n") }),
});

const places: Readonly<Record<string, RulePlace>> = {
  "claude-code": own(`.claude/rules/${name}.md`),
  cursor: own(
    `.cursor/rules/${name}.mdc`,
    "description: Ask agent-trace why code is so before changing it",
    "alwaysApply: true",
  ),
  codex: part("AGENTS.md"),
  "gemini-cli": part("GEMINI.md"),
  copilot: own(`.github/instructions/${name}.instructions.md`, 'applyTo: "**"'),
  "vscode-copilot": own(`.github/instructions/${name}.instructions.md`, 'applyTo: "**"'),
  opencode: part("AGENTS.md"),
  windsurf: own(`.windsurf/rules/${name}.md`, "trigger: always_on"),
  amp: part("AGENTS.md"),
  droid: part("AGENTS.md"),
  continue: own(`.continue/rules/${name}.md`, "name: agent-trace", "alwaysApply: true"),
  cline: own(`.clinerules/${name}.md`),
  pi: part("AGENTS.md"),
};

/** Undefined for an agent of which no such place is known. */
export function rulePlaceOf(agent: string): RulePlace | undefined {
  return Object.hasOwn(places, agent) ? places[agent] : undefined;
}

import type { AgentHooks } from "../src/capture/agent-hooks.ts";
import { agents } from "../src/capture/agents.ts";

const world = { environment: {}, userHome: "~" };

const rows = [
  ["edits", "Edits"],
  ["commands", "Shell commands"],
  ["tab", "Completion (Tab)"],
  ["subagents", "Subagents"],
  ["model", "Model"],
  ["transcript", "Transcript"],
] as const;

/** docs/agents.md, from what each agent's adapter says of itself. */
export async function agentsPage(): Promise<string> {
  const known = await Promise.all(
    agents.map(async (agent) => ({ ...agent, hooks: await agent.loadHooks() })),
  );
  const head = ["Agent", ...rows.map(([, title]) => title)];
  const table = known.map(({ title, hooks }) => [
    `[${title}](#${anchorOf(title)})`,
    ...rows.map(([key]) => (hooks.recorded[key] === undefined ? "no" : "yes")),
  ]);
  const lines = [
    "# Agents",
    "",
    "What agent-trace records of each coding agent, and what it does not. This page is made from the adapters themselves",
    "by `bun run docs`.",
    "",
    "`agent-trace init` sets up Claude Code for the repository, and every other agent whose directory is in your home by",
    "your own settings. `agent-trace hooks setup-global --tool <agent>` names one. Settings files of the team are written",
    "only with `agent-trace init --shared`. What is not ours in a settings file keeps every byte, and",
    "`agent-trace hooks remove-global` gives the file back as it was.",
    "",
    "Which agent acts is judged by the fields of its payload, never by the hook that delivered it. Of an agent that is not",
    "listed here, its makers or you can send [the generic payload](formats/agent-event.md).",
    "",
    row(head),
    row(head.map(() => "---")),
    ...table.map(row),
  ];
  for (const { title, name, hooks } of known) {
    lines.push("", `## ${title}`, "", `\`--tool ${name}\``, "");
    lines.push(row(["What", "Recorded"]), row(["---", "---"]));
    for (const [key, what] of rows) lines.push(row([what, hooks.recorded[key] ?? "not recorded"]));
    lines.push("", `Hooks: ${placesOf(hooks).join("; ")}.`);
    if (hooks.recorded.notes !== undefined) lines.push("", hooks.recorded.notes);
  }
  return `${lines.join("\n")}\n`;
}

function placesOf(hooks: AgentHooks): string[] {
  const paths = (files: readonly { readonly path: string }[]): string =>
    files.map(({ path }) => `\`${path}\``).join(", ");
  const everywhere = hooks.everywhere(world).filter(({ isOptional }) => isOptional !== true);
  const places = [
    ["yours", everywhere],
    ["yours in one repository", hooks.local(".")],
    ["the team's", hooks.team(".")],
  ] as const;
  return places
    .filter(([, files]) => files.length > 0)
    .map(([whose, files]) => `${whose} in ${paths(files)}`);
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, "")
    .replaceAll(" ", "-");
}

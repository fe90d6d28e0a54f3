import type { Agent } from "../../capture/agents.ts";
import { agents } from "../../capture/agents.ts";
import { AppError } from "../../errors.ts";
import { parseTools } from "../set-up/global-hooks.ts";

/** The option by which rule commands take agents. */
export const toolOption = {
  type: "string",
  alias: "t",
  valueHint: "AGENT",
  repeatable: true,
  description: `for this agent: ${agents.map(({ name }) => name).join(", ")}`,
} as const;

/** The agents that were named; a rule is written for no agent that was not. */
export function namedAgents(typed: string | undefined): readonly Agent[] {
  if (typed !== undefined) return parseTools(typed);
  throw new AppError("usage", "name the agent with `--tool`", {
    hint: `choose one of ${agents.map(({ name }) => name).join(", ")}`,
  });
}

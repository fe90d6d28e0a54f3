import { readdirSync, rmdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Agent, agents } from "../../capture/agents.ts";
import { contextForAgents } from "../../capture/rules/context-for-agents.ts";
import { type RuleState, ruleFile } from "../../capture/rules/rule-file.ts";
import { type RulePlace, rulePlaceOf } from "../../capture/rules/rule-places.ts";
import { AppError } from "../../errors.ts";
import { applyChange, readText } from "../set-up/file-change.ts";

export const rules = [contextForAgents] as const;
type Rule = (typeof rules)[number];

/** A rule at one agent's place in a work tree; agents that read the same file share it. */
export interface PlacedRule {
  readonly rule: string;
  /** Names of the agents that read this file. */
  readonly agents: readonly string[];
  /** From the work tree's root, with `/`. */
  readonly path: string;
  readonly state: RuleState;
}

export function parseRule(name: string): Rule {
  const rule = rules.find((known) => known.name === name);
  if (rule !== undefined) return rule;
  throw new AppError("usage", `there is no rule \`${name}\``, {
    hint: "run `agent-trace rule list`",
  });
}

/** Every place where a rule can stand in a work tree, of these agents or of all. */
export function listRules(workTree: string, chosen: readonly Agent[] = agents): PlacedRule[] {
  return rules.flatMap((rule) =>
    placesOf(chosen).map(({ place }) => {
      const { text, file } = open(workTree, rule, place);
      return {
        rule: rule.name,
        agents: readersOf(place),
        path: place.path,
        state: file.state(text),
      };
    }),
  );
}

/** Writes the rule for these agents, or takes it out; what a person changed of it is refused before anything is done. */
export function changeRule(
  workTree: string,
  rule: Rule,
  { tools, remove }: { readonly tools: readonly Agent[]; readonly remove: boolean },
): (PlacedRule & { readonly changed: boolean })[] {
  const steps = placesOf(tools).map(({ place }) => {
    const { path, text, file } = open(workTree, rule, place);
    const state = file.state(text);
    if (state === "edited") throw edited(rule, place);
    const after = !remove ? file.add(text) : text === undefined ? undefined : file.remove(text);
    return { place, path, text, after };
  });
  return steps.map(({ place, path, text, after }) => {
    const changed = after !== text;
    if (changed) applyChange({ path, text: after, within: workTree });
    if (changed && after === undefined) removeEmpty(dirname(path), workTree);
    const state = remove ? "absent" : "present";
    return { rule: rule.name, agents: readersOf(place), path: place.path, state, changed };
  });
}

function open(workTree: string, rule: Rule, place: RulePlace) {
  const path = join(workTree, place.path);
  return { path, text: readText(path, workTree), file: ruleFile(place, rule) };
}

function edited({ name }: Rule, { path, kind }: RulePlace): AppError {
  const what = kind === "part" ? `the rule \`${name}\` in \`${path}\`` : `\`${path}\``;
  return new AppError("damaged_file", `${what} was changed by hand`, {
    hint: "take it out yourself, then run the command again",
  });
}

function placesOf(chosen: readonly Agent[]): { readonly place: RulePlace }[] {
  const found = new Map<string, RulePlace>();
  for (const { name, title } of chosen) {
    const place = rulePlaceOf(name);
    if (place === undefined) {
      throw new AppError("usage", `it is not known where ${title} looks for rules`);
    }
    if (!found.has(place.path)) found.set(place.path, place);
  }
  return [...found.values()].map((place) => ({ place }));
}

function readersOf({ path }: RulePlace): string[] {
  return agents.map(({ name }) => name).filter((name) => rulePlaceOf(name)?.path === path);
}

/** Directories that only held the rule go with it. */
function removeEmpty(directory: string, workTree: string): void {
  for (let at = directory; at !== workTree && at.startsWith(workTree); at = dirname(at)) {
    try {
      if (readdirSync(at).length > 0) return;
      rmdirSync(at);
    } catch {
      return;
    }
  }
}

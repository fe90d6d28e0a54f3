import { listVariables } from "../environment.ts";
import { type ExitName, exitCodes } from "../errors.ts";
import { configFields } from "../schema/config-fields.ts";
import type { HelpPage } from "./help.ts";

const exitMeanings: Record<ExitName, string> = {
  ok: "done; also when a reader such as `head` closed the pipe early",
  failed: "it did not work; the message says why",
  usage: "the command line is wrong, or a question could not be asked",
  auth: "no token, a wrong one, or one for another org or project",
  unreachable: "the network, the service or its answer failed; trying again may help",
  conflict: "it exists already, or the service's contents are others than before",
  partial: "done in part, or `doctor`, `status --exit-code` found something",
  bug: "a fault of agent-trace itself",
  interrupted: "stopped by SIGINT (Ctrl-C)",
  terminated: "stopped by SIGTERM",
};

const withDefault = (meaning: string, fallback: string | undefined): string =>
  fallback === undefined ? meaning : `${meaning} (default: ${fallback})`;

const program = "agent-trace";

/** Pages of `help <topic>`, made from the tables that the program itself goes by. */
const topics = {
  environment: () => ({
    summary: "The environment variables that agent-trace reads; all others are left alone.",
    details:
      "A variable set to the empty string counts as not set. An option wins over a variable.",
    group: "variables",
    rows: listVariables().map(
      (variable) =>
        [
          variable.name,
          withDefault(variable.meaning, "fallback" in variable ? variable.fallback : undefined),
        ] as const,
    ),
    examples: [
      {
        does: "keep everything in another place",
        line: `AGENT_TRACE_HOME=/data/traces ${program} status`,
      },
    ],
    more: [`${program} help config`],
  }),
  "exit-codes": () => ({
    summary: "The exit codes of agent-trace.",
    details:
      "No hook stops an agent or a commit: `record` always exits 0, with `--strict` 1 on a failure, and git's hooks pass over the exit code of `commit-link`.",
    group: "exit codes",
    rows: (Object.entries(exitCodes) as [ExitName, number][]).map(
      ([name, code]) => [String(code), exitMeanings[name]] as const,
    ),
    examples: [
      {
        does: "tell a missing line from other failures",
        line: `${program} blame src/app.ts --require-attribution; echo $?`,
      },
    ],
    more: [`${program} <command> --json prints the failure's code too`],
  }),
  config: () => ({
    summary: "The fields of `agent-trace config`.",
    details:
      "Fields of `global.` are this person's, all others belong to the project. Switches take true/false, yes/no, on/off, 1/0, enable/disable. What is marked `not yet` can be set and is kept for a later version; this one does not go by it.",
    group: "fields",
    rows: configFields.map(
      (field) =>
        [
          field.name,
          withDefault(field.meaning, "fallback" in field ? field.fallback : undefined),
        ] as const,
    ),
    examples: [
      { does: "see what holds", line: `${program} config show` },
      { does: "push to another remote", line: `${program} config set remote.default team` },
    ],
    more: [`${program} config set --help`, `${program} help environment`],
  }),
};

export type HelpTopic = keyof typeof topics;
export const helpTopics = Object.keys(topics) as HelpTopic[];

export function isHelpTopic(word: string): word is HelpTopic {
  return Object.hasOwn(topics, word);
}

export function topicPage(topic: HelpTopic): HelpPage {
  const { group, rows, ...page } = topics[topic]();
  const line = `${program} help ${topic}`;
  return { ...page, usage: [line], groups: [{ title: group, rows }], longer: line };
}

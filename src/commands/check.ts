import { appendFileSync } from "node:fs";
import { defineCommand } from "../command.ts";
import type { Context } from "../context.ts";
import { readVariable } from "../environment.ts";
import { AppError, exitCodes } from "../errors.ts";
import type { Failure } from "../report/judge.ts";
import { type Rule, isPercent } from "../report/policy.ts";
import {
  renderGithub,
  renderGitlab,
  renderSarif,
  renderSummary,
  renderText,
} from "../report/render-failures.ts";
import { describeCoverage } from "../report/render-table.ts";
import { escapeInvisible, plural, visible } from "../terminal/text.ts";
import { findProject } from "../workflows/projects/find-project.ts";
import { checkRange } from "../workflows/report/check-range.ts";
import { readPolicy } from "../workflows/report/read-policy.ts";

const formats = ["text", "json", "github", "gitlab", "sarif"] as const;

export default defineCommand({
  summary: "Check the lines of a range against a policy",
  details:
    "Looks at the lines that a range of commits added and that stand at its end. Exits 1 where a rule does not hold, and names each failure with its file and lines. Rules come from options, from a policy file, or from both. A policy file that a pull request can change is the pull request's: in CI take it from the target branch.",
  args: {
    range: {
      type: "positional",
      required: true,
      description: "`A..B`, or one commit",
      completes: "none",
    },
    "require-attribution": { type: "boolean", description: "every line must be an agent's" },
    "require-conversation": {
      type: "boolean",
      description: "the conversation behind every line of an agent must be kept here",
    },
    "max-ai": {
      type: "string",
      valueHint: "PERCENT",
      description: "no more lines of agents than this",
    },
    "require-coverage": {
      type: "string",
      valueHint: "PERCENT",
      description: "of so many commits something must be known",
    },
    policy: {
      type: "string",
      valueHint: "FILE",
      description: "rules from this file",
      completes: "file",
    },
    format: {
      type: "enum",
      options: [...formats],
      description:
        "what to print: text (as compilers do), GitHub's annotations, GitLab's code quality, SARIF",
    },
  },
  examples: [
    {
      does: "what a pull request brings to generated code",
      line: "agent-trace check origin/main..HEAD --require-attribution",
    },
    {
      does: "a policy, for code scanning",
      line: "agent-trace check main..HEAD --policy policy.json --format sarif",
    },
  ],
  async run(context, args) {
    const { terminal, program } = context;
    const rules = [
      ...optionRule(args),
      ...(args.policy === undefined ? [] : readPolicy(context, args.policy)),
    ];
    if (rules.length === 0) {
      throw new AppError("usage", "no rule is given to check", {
        hint: "add `--require-attribution`, `--max-ai PERCENT`, or `--policy FILE`",
      });
    }
    const checked = await checkRange(findProject(context), args.range, {
      rules,
      signal: context.signal,
    });
    const { failures } = checked;
    const kept = failures.length === 0;
    switch (terminal.json ? "json" : (args.format ?? "text")) {
      case "gitlab":
        terminal.print(JSON.stringify(renderGitlab(failures), null, 2));
        break;
      case "sarif":
        terminal.print(JSON.stringify(renderSarif(failures, program), null, 2));
        break;
      case "github":
        annotate(context, failures);
        break;
      case "json":
        terminal.print(
          escapeInvisible(JSON.stringify({ schema: "agent-trace.check/1", ok: kept, ...checked })),
        );
        terminal.answer("check", checked, kept);
        break;
      default:
        terminal.page(renderText(failures).map(visible));
        if (kept)
          terminal.print(`${plural(rules.length, "rule")} kept; ${describeCoverage(checked)}`);
    }
    if (kept) return exitCodes.ok;
    terminal.fail(new AppError("policy_failed", plural(failures.length, "policy failure")));
    return exitCodes.failed;
  },
});

function optionRule(args: {
  "require-attribution"?: boolean | undefined;
  "require-conversation"?: boolean | undefined;
  "max-ai"?: string | undefined;
  "require-coverage"?: string | undefined;
}): Rule[] {
  const rule = {
    require_attribution: args["require-attribution"],
    require_conversation: args["require-conversation"],
    max_ai_percent: parsePercent(args["max-ai"], "--max-ai"),
    require_coverage_percent: parsePercent(args["require-coverage"], "--require-coverage"),
  };
  const asks = Object.values(rule).some((value) => value !== undefined && value !== false);
  return asks ? [{ name: "command line", paths: [], ...rule }] : [];
}

function parsePercent(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,3}(?:\.\d+)?%?$/.test(text) ? Number.parseFloat(text) : Number.NaN;
  if (isPercent(value)) return value;
  throw new AppError("usage", `\`${option}\` takes a percentage from 0 to 100, not \`${text}\``);
}

/** Annotations as lines of the job's log, and all failures in the summary where the runner keeps one. */
function annotate({ terminal, environment }: Context, failures: readonly Failure[]): void {
  for (const line of renderGithub(failures)) terminal.print(line);
  const summary = readVariable(environment, "GITHUB_STEP_SUMMARY");
  if (summary === undefined || failures.length === 0) return;
  try {
    appendFileSync(summary, renderSummary(failures));
  } catch {
    terminal.warn("the job's summary cannot be written");
  }
}

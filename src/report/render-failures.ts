import { createHash } from "node:crypto";
import type { Failure } from "./judge.ts";
import { cell, plural } from "./render-table.ts";

/** The program that speaks, as SARIF wants to know it. */
export interface Speaker {
  readonly version: string;
}

/** `src/a.ts:14-20: no attribution (rule)`, as compilers write; the caller makes foreign text visible. */
export function renderText(failures: readonly Failure[]): string[] {
  return failures.map(({ path, start_line, end_line, message, rule }) => {
    const lines =
      start_line === null
        ? ""
        : start_line === end_line
          ? `:${start_line}`
          : `:${start_line}-${end_line}`;
    return `${path === null ? "" : `${path}${lines}: `}${message} (${rule})`;
  });
}

/** A run shows ten annotations of a step and drops the rest without a word: those stand in the job's summary. */
const mostAnnotations = 10;

/** Workflow commands of GitHub's runners. */
export function renderGithub(failures: readonly Failure[]): string[] {
  return failures.slice(0, mostAnnotations).map(({ path, start_line, end_line, message, rule }) => {
    const place = [
      ...(path === null ? [] : [`file=${property(path)}`]),
      ...(start_line === null ? [] : [`line=${start_line}`, `endLine=${end_line}`]),
      `title=${property(rule)}`,
    ];
    return `::error ${place.join(",")}::${data(message)}`;
  });
}

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

/** For the job's summary, in Markdown: all failures, for annotations end at ten. */
export function renderSummary(failures: readonly Failure[]): string {
  const rows = failures.map(({ path, start_line, end_line, message, rule }) => {
    const lines = start_line === null ? "" : `${start_line}–${end_line}`;
    return `| ${cell(path ?? "")} | ${lines} | ${cell(message)} | ${cell(rule)} |`;
  });
  const head = ["| File | Lines | What | Rule |", "|---|---|---|---|"];
  const title = `### ${plural(failures.length, "policy failure")}`;
  return `${[title, "", ...head, ...rows].join("\n")}\n`;
}

/** GitLab's code quality report. A finding keeps its fingerprint while its lines move. */
export function renderGitlab(failures: readonly Failure[]): object[] {
  const fingerprint = fingerprints();
  return failures.map((failure) => ({
    description: `${failure.message} (${failure.rule})`,
    check_name: `agent-trace/${failure.requirement}`,
    fingerprint: fingerprint(failure),
    severity: "major",
    // A place is required: what fails as a whole is shown at the top of the repository.
    location: { path: failure.path ?? ".", lines: { begin: failure.start_line ?? 1 } },
  }));
}

function fingerprints(): (failure: Failure) => string {
  const seen = new Map<string, number>();
  return ({ rule, requirement, path }) => {
    const key = JSON.stringify([rule, requirement, path]);
    const nth = seen.get(key) ?? 0;
    seen.set(key, nth + 1);
    return createHash("sha256").update(`${key} ${nth}`).digest("hex").slice(0, 40);
  };
}

const descriptions: Readonly<Record<Failure["requirement"], string>> = {
  attribution: "Lines of which it is not known who wrote them",
  conversation: "Lines of an agent whose conversation is not kept",
  "max-ai": "More lines of agents than the policy allows",
  coverage: "Too many commits of which nothing is known",
};

/** SARIF 2.1.0. Only failures of a policy are results: that an agent wrote a line is no finding. */
export function renderSarif(failures: readonly Failure[], { version }: Speaker): object {
  const fingerprint = fingerprints();
  const rules = Object.entries(descriptions).map(([id, text]) => ({
    id,
    shortDescription: { text },
  }));
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "agent-trace", version, rules } },
        columnKind: "utf16CodeUnits",
        results: failures.map((failure) => ({
          ruleId: failure.requirement,
          ruleIndex: rules.findIndex(({ id }) => id === failure.requirement),
          level: "error",
          message: { text: `${failure.message} (${failure.rule})` },
          partialFingerprints: { "policy/v1": fingerprint(failure) },
          ...(failure.path === null ? {} : { locations: [location(failure, failure.path)] }),
        })),
      },
    ],
  };
}

function location({ start_line, end_line }: Failure, path: string): object {
  const uri = path.split("/").map(encodeURIComponent).join("/");
  return {
    physicalLocation: {
      artifactLocation: { uri, uriBaseId: "%SRCROOT%" },
      ...(start_line === null || end_line === null
        ? {}
        : { region: { startLine: start_line, endLine: end_line } }),
    },
  };
}

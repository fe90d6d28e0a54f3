import type { Context } from "../../context.ts";
import type { Resource } from "../../schema/resource.ts";
import { resources } from "../../schema/resource.ts";
import { type Outcome, type PullCounts, type PushOutcome } from "../../sync/outcome.ts";
import {
  type PushChoice,
  includes,
  sendsTranscripts,
  tellsWhatWasSaid,
} from "../../sync/plan-push.ts";
import type { PullChoice } from "../../sync/pull.ts";
import { bytes, count, visible } from "../../terminal/text.ts";
import type { Exchange } from "./exchange.ts";

const labelCells = 13;

function rows(lines: readonly (readonly [Resource, number, string])[]): string[] {
  const cells = Math.max(3, ...lines.map(([, figure]) => count(figure).length));
  return lines.map(([resource, figure, rest]) => {
    const label = resource.replace("_", " ").padEnd(labelCells);
    return `  ${label}  ${count(figure).padStart(cells)} ${rest}`;
  });
}

/** Most people make no summaries: a row of zeroes would only ask what they are. */
function isUnused(resource: Resource, counts: readonly number[]): boolean {
  return resource === "summaries" && counts.every((number) => number === 0);
}

/** What a person is told of a push. */
export function describePush(
  exchange: Exchange,
  outcome: PushOutcome,
  choice: PushChoice,
): string[] {
  const { name, url, dryRun } = exchange;
  const shown = resources.filter(
    (resource) =>
      includes(choice.only, resource) &&
      !outcome.unsupported.includes(resource) &&
      (!tellsWhatWasSaid(resource) || sendsTranscripts(choice)),
  );
  const held = outcome.resources.traces.held_back;
  const moved = shown.some((resource) => {
    const { sent, refused } = outcome.resources[resource];
    const { skipped } = outcome.resources.conversations;
    return sent + refused + (resource === "conversations" ? skipped : 0) > 0;
  });
  if (!moved) {
    const behind =
      held === 0 ? "" : ` (${count(held)} ${held === 1 ? "trace" : "traces"} held back)`;
    return [`Everything is up to date with ${visible(name)}${behind}`];
  }
  const lines = shown.flatMap((resource) => {
    const { sent, skipped, held_back, refused } = outcome.resources[resource];
    if (isUnused(resource, [sent, skipped, held_back, refused])) return [];
    const parts = [dryRun ? "to send" : "sent"];
    if (resource === "conversations" && skipped > 0) parts.push(`${count(skipped)} already there`);
    if (refused > 0) parts.push(`${count(refused)} refused`);
    if (held_back > 0) {
      const why = resource === "traces" ? " (no ledger names them; `--full` sends them)" : "";
      parts.push(`${count(held_back)} held back${why}`);
    }
    const uploaded = outcome.conversationBytes;
    const size =
      resource === "conversations" && uploaded > 0
        ? ` (${bytes(uploaded)} ${dryRun ? "to upload" : "uploaded"})`
        : "";
    return [[resource, sent, parts.join(", ") + size] as const];
  });
  const verb = dryRun ? "Would push to" : "Pushed to";
  const without = choice.transcripts ? "" : ", without conversations";
  return [`${verb} ${visible(name)} (${visible(url)})${without}`, ...rows(lines)];
}

/** What a person is told of a pull. */
export function describePull(
  exchange: Exchange,
  outcome: Outcome<PullCounts>,
  choice: PullChoice,
): string[] {
  const { name, url, dryRun } = exchange;
  const shown = resources.filter(
    (resource) =>
      !outcome.unsupported.includes(resource) &&
      (resource !== "conversations" || choice.transcripts),
  );
  const moved = shown.some((resource) => {
    const { received, merged } = outcome.resources[resource];
    return received + merged > 0;
  });
  if (!moved && outcome.failures.length === 0) {
    return [`Nothing new at ${visible(name)}`];
  }
  const lines = shown.flatMap((resource) => {
    const { merged, skipped } = outcome.resources[resource];
    if (isUnused(resource, [merged, skipped])) return [];
    const known = skipped > 0 ? `, ${count(skipped)} already here` : "";
    return [[resource, merged, `new${known}`] as const];
  });
  const verb = dryRun ? "Would pull from" : "Pulled from";
  return [`${verb} ${visible(name)} (${visible(url)})`, ...rows(lines)];
}

export interface ExchangeReport {
  readonly outcome: Outcome<unknown>;
  readonly sizes: Readonly<Record<string, number>>;
}

/** The part of a JSON answer that tells of one half of an exchange. */
export function exchangeDocument(
  { terminal }: Pick<Context, "terminal">,
  { name, url, dryRun }: Exchange,
  { outcome, sizes }: ExchangeReport,
): object {
  return {
    remote: name,
    url,
    dry_run: dryRun,
    resources: outcome.resources,
    ...sizes,
    unsupported: outcome.unsupported,
    warnings: terminal.warnings,
    errors: outcome.failures,
  };
}

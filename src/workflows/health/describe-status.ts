import type { Context } from "../../context.ts";
import { when } from "../../terminal/list.ts";
import { columns, count, plural, visible } from "../../terminal/text.ts";
import type { HookTally } from "../../store/hook-journal.ts";
import { shortPath } from "../set-up/describe-set-up.ts";
import { type RemoteStatus, type Status, isWaiting } from "./read-status.ts";

/** The status in the lines that a person reads. */
export function describeStatus(context: Context, status: Status): string[] {
  const { userHome, options } = context;
  const { root, id, counts, remotes, hooks, hookErrors } = status;
  const place = root === undefined ? id : `${visible(shortPath(root, userHome))} (${id})`;
  const lines = [`Project ${place}`];
  const notes: string[] = [];
  if (counts.unattributed > 0) notes.push(`${count(counts.unattributed)} not in any ledger`);
  if (counts.events > 0) notes.push(`${count(counts.events)} of them events`);
  const table = [
    ["  traces", count(counts.traces), notes.join(", ")],
    ["  ledgers", count(counts.ledgers), ""],
    ["  commit links", count(counts.commitLinks), ""],
    ["  conversations", count(counts.conversations), ""],
    ...(counts.summaries === 0 ? [] : [["  summaries", count(counts.summaries), ""]]),
  ];
  lines.push(...columns(table, [1]));
  if (remotes.length === 0)
    lines.push("No remote; add one with `agent-trace remote add origin <url>`");
  for (const remote of remotes) lines.push(...describeRemote(context, remote));
  const missing = hooks.filter(({ isInstalled, kind }) => kind === "git" && !isInstalled);
  const installed = hooks.filter(({ isInstalled }) => isInstalled).map(({ name }) => name);
  if (root !== undefined) {
    const named =
      installed.length === 0 ? "none call agent-trace" : [...new Set(installed)].join(", ");
    const lacking = missing.map(({ name }) => name).join(", ");
    lines.push(`Hooks: ${named}${lacking === "" ? "" : `; missing: ${lacking}`}`);
  }
  lines.push(...describeTally(status.hookTally, options.verbose));
  const last = hookErrors.at(-1);
  if (last !== undefined) {
    lines.push(
      `${plural(hookErrors.length, "hook event")} failed, the last at ${visible(last.time)}`,
    );
    const shown = options.verbose ? hookErrors.slice(-20) : hookErrors.slice(-1);
    for (const { time, hook, event, reason } of shown) {
      const what = event === undefined ? hook : `${hook} (${event})`;
      lines.push(visible(`  ${time}  ${what}: ${reason}`));
    }
  }
  return lines;
}

/** What hooks saw and what became of it: the sum of it at a glance, each reason when asked. */
export function describeTally(tally: HookTally, verbose: boolean): string[] {
  const { since, seen, recorded, ignored, failed, cutOff, reasons } = tally;
  if (since === undefined) return [];
  const parts = [
    `${count(recorded)} recorded`,
    ...(ignored > 0 ? [`${count(ignored)} with nothing to record`] : []),
    ...(failed > 0 ? [`${count(failed)} failed`] : []),
    ...(cutOff > 0 ? [`${count(cutOff)} cut off`] : []),
  ];
  const lines = [
    `Hooks saw ${plural(seen, "event")} since ${visible(since.slice(0, 10))}: ${parts.join(", ")}`,
  ];
  if (!verbose) return lines;
  const rows = Object.entries(reasons)
    .sort(([, one], [, other]) => other - one)
    .map(([reason, number]) => [`  ${count(number)}`, visible(reason)]);
  return [...lines, ...columns(rows, [0])];
}

function describeRemote(
  { terminal, now }: Context,
  { name, url, isDefault, lacks, heldBack, times }: RemoteStatus,
): string[] {
  const names = [
    [lacks.traces, "trace"],
    [lacks.ledgers, "ledger"],
    [lacks.commit_links, "commit link"],
    [lacks.conversations, "conversation"],
  ] as const;
  const parts = names.filter(([number]) => number > 0).map(([number, one]) => plural(number, one));
  if (lacks.summaries > 0) parts.push(plural(lacks.summaries, "summary", "summaries"));
  const done = [
    ["last push", times.pushed_at],
    ["last pull", times.pulled_at],
  ].flatMap(([what, at]) =>
    at === undefined ? [] : [`${what} ${visible(when(terminal, at, now()))}`],
  );
  const held = heldBack === 0 ? "" : ` (${plural(heldBack, "trace")} held back)`;
  return [
    `Remote ${visible(name)}${isDefault ? " (default)" : ""}: ${visible(url)}`,
    parts.length === 0 ? `  has everything${held}` : `  lacks ${parts.join(", ")}${held}`,
    ...(done.length === 0 ? [] : [`  ${done.join(", ")}`]),
  ];
}

/** The status as a document. */
export function statusDocument(status: Status): object {
  const { id, root, counts, remotes, hooks, hookErrors, hookTally } = status;
  return {
    project: { id, root: root ?? null },
    counts: {
      traces: counts.traces,
      unattributed_traces: counts.unattributed,
      events: counts.events,
      ledgers: counts.ledgers,
      commit_links: counts.commitLinks,
      conversations: counts.conversations,
      summaries: counts.summaries,
    },
    remotes: remotes.map(({ name, url, isDefault, lacks, heldBack, times }) => ({
      name,
      url,
      default: isDefault,
      lacks,
      held_back: heldBack,
      last_push: times.pushed_at ?? null,
      last_pull: times.pulled_at ?? null,
    })),
    waiting: isWaiting(status),
    hooks: hooks.map(({ name, kind, path, isInstalled, program = null }) => ({
      name,
      kind,
      path,
      installed: isInstalled,
      program,
    })),
    hook_events: {
      since: hookTally.since ?? null,
      seen: hookTally.seen,
      recorded: hookTally.recorded,
      ignored: hookTally.ignored,
      failed: hookTally.failed,
      cut_off: hookTally.cutOff,
      reasons: hookTally.reasons,
    },
    hook_errors: { count: hookErrors.length, last: hookErrors.slice(-20) },
  };
}

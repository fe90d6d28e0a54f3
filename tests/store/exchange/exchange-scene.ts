import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { conversationIdOf } from "../../../src/schema/digest.ts";
import type { ConversationId } from "../../../src/schema/ids.ts";
import { growLiveCopy } from "../../../src/store/transcripts/live-copy.ts";
import type { ProjectPaths } from "../../../src/store/files/paths.ts";
import { appendCommitLink, appendLedger } from "../../../src/store/records.ts";
import { openExchange } from "../../../src/store/exchange/open-exchange.ts";
import type { ExchangePorts } from "../../../src/sync/ports.ts";
import { rehearsing } from "../../../src/sync/rehearsing.ts";
import { appendTraces, appendSummary, ledger, sha, trace } from "../scene.ts";

export const never = new AbortController().signal;
export const url = "http://127.0.0.1:1/acme/app";

export interface Opened {
  readonly dryRun?: boolean;
  readonly remote?: string;
  readonly said?: string[];
  readonly now?: Date;
}

/** Opens the store anew, so that nothing in memory can answer. */
export async function openStore<T>(
  project: ProjectPaths,
  use: (store: ExchangePorts) => T | Promise<T>,
  options: Opened = {},
): Promise<T> {
  const { dryRun = false } = options;
  using opened = openExchange(project, {
    remote: options.remote ?? "origin",
    looksOnly: dryRun,
    warn: (message) => void options.said?.push(message),
    now: () => options.now ?? new Date(),
  });
  return await use(dryRun ? rehearsing(opened) : opened);
}

export function unsent(store: ExchangePorts): string[] {
  return (["traces", "ledgers", "commit_links", "summaries"] as const).flatMap((resource) =>
    store.rows.candidates(resource, "unsent").map(({ key }) => `${resource} ${key}`),
  );
}

export function sendAll(store: ExchangePorts): void {
  store.memory.identify({ url, epoch: "e1" });
  for (const resource of ["traces", "ledgers", "commit_links", "summaries"] as const) {
    store.rows.acknowledge(resource, store.rows.candidates(resource, "unsent"));
  }
}

export function row(value: object): { key: string; text: string; value: Record<string, unknown> } {
  const fields = value as Record<string, unknown>;
  const key = (fields["id"] ?? fields["commit_sha"]) as string;
  return { key, text: JSON.stringify(value), value: fields };
}

export function lines(path: string): string[] {
  return existsSync(path)
    ? readFileSync(path, "utf8")
        .split("\n")
        .filter((line) => line !== "")
    : [];
}

export function fill(project: ProjectPaths): void {
  appendTraces(project, [trace("1"), trace("2"), trace("3")]);
  appendLedger(project, ledger(sha("a"), ["1", "3"]));
  appendCommitLink(project, { commit_sha: sha("a"), trace_ids: ["1"], files_changed: ["a.ts"] });
  appendSummary(project, {
    conversation_id: "c".repeat(64),
    summary: "s",
    created_at: "2026-01-01T00:00:00Z",
  });
}

export const summaryKey = `${"c".repeat(64)}:2026-01-01T00:00:00Z`;
export const everything = [
  "traces 1",
  "traces 2",
  "traces 3",
  `ledgers ${sha("a")}`,
  `commit_links ${sha("a")}`,
  `summaries ${summaryKey}`,
];

export interface Session {
  readonly source: string;
  readonly id: ConversationId;
}

export function session(project: ProjectPaths, content: string): Session {
  const source = join(dirname(project.directory), "session.jsonl");
  mkdirSync(dirname(source), { recursive: true });
  writeFileSync(source, content);
  growLiveCopy(project, { path: source });
  return { source, id: conversationIdOf(source) };
}

export const foreign = "d".repeat(64) as ConversationId;

import { closeSync, openSync, readSync } from "node:fs";
import { basename } from "node:path";
import { parseConversation } from "../../capture/read-conversation.ts";
import type { Context } from "../../context.ts";
import { readGitText, runGit } from "../../git/run-git.ts";
import { readHead } from "../../git/read-head.ts";
import type { Policy } from "../../redaction/policy.ts";
import { createRedactor } from "../../redaction/redactor.ts";
import { openHistory } from "../../store/open-history.ts";
import { listConversations } from "../../store/list-conversations.ts";
import { findTranscript } from "../../store/transcripts/transcript.ts";
import type { HealthView, ProjectView, SessionView, ViewerSource } from "../../viewer/views.ts";
import { policyOf } from "../exchange/redact-transcripts.ts";
import { examine } from "../health/examine.ts";
import { readStatus } from "../health/read-status.ts";
import type { Project } from "../projects/find-project.ts";
import { readReport } from "../report/read-report.ts";
import { type Reading, readConversationView, readToolView } from "./read-conversation-view.ts";
import { readFileView, readTextView, readWhy } from "./read-file-view.ts";
import { findSaidTurn, searchConversations } from "./search-conversations.ts";
import { watchProject } from "./watch-project.ts";

/** What the pages show of a project, read anew at each question. */
export function openSource(context: Context, project: Project): ViewerSource {
  const freshPolicy = keepPolicy(context, project);
  const reading = async (): Promise<Reading> => {
    const policy = await freshPolicy();
    return {
      ...project,
      policy,
      redact(transcript) {
        const redactor = createRedactor(policy);
        return Buffer.concat([redactor.write(transcript), redactor.end()]);
      },
    };
  };
  let shares: {
    readonly head: string | undefined;
    readonly files: ReadonlyMap<string, { added: number; ai: number }>;
  };
  return {
    async project() {
      const head = await readHead(project.git);
      if (shares === undefined || shares.head !== head) {
        const { files } = await readReport(project, { range: undefined });
        shares = { head, files: new Map(files.map((file) => [file.path, file])) };
      }
      return await describeProject(project, shares.files);
    },
    text: async (path) => readTextView(project, path),
    file: (path) => readFileView(project, path),
    why: async (line) => readWhy(await reading(), line),
    conversation: async (id, seen) => readConversationView(await reading(), id, seen),
    tool: async (call) => readToolView(await reading(), call),
    report: (range) => readReport(project, { range, by: "directory" }),
    sessions: async () => readSessions(await reading()),
    search: async (question) => searchConversations(await reading(), question),
    said: async (found) => findSaidTurn(await reading(), found),
    health: () => readHealth(context),
    watch: (changed, signal) => watchProject(project, changed, signal),
  };
}

const policyMilliseconds = 5000;

/** What is masked; found out anew every few seconds and not for each of many transcripts. */
function keepPolicy(context: Context, project: Project): () => Promise<Policy> {
  let known: { readonly policy: Policy; readonly until: number } | undefined;
  return async () => {
    const now = performance.now();
    if (known === undefined || known.until < now) {
      known = { policy: await policyOf(context, project.paths), until: now + policyMilliseconds };
    }
    return known.policy;
  };
}

async function describeProject(
  { git }: Project,
  shares: ReadonlyMap<string, { added: number; ai: number }>,
): Promise<ProjectView> {
  const [tracked, branch] = await Promise.all([
    readGitText(git, ["ls-files", "-z"]),
    runGit(git, ["symbolic-ref", "--quiet", "--short", "HEAD"]),
  ]);
  const files = tracked
    .split("\0")
    .filter((path) => path !== "")
    .map((path) => ({ path, added: shares.get(path)?.added ?? 0, ai: shares.get(path)?.ai ?? 0 }));
  const name = new TextDecoder().decode(branch.stdout).trim();
  return { name: basename(git.repository.workTree), branch: name === "" ? null : name, files };
}

/** So many conversations are listed, the latest; a page says so where there are more. */
export const mostSessions = 500;

function readSessions(project: Reading): SessionView[] {
  const rows = listConversations(project.paths, mostSessions);
  using history = openHistory(project.paths);
  return rows.map(({ id, edits, files, first, last, example }) => {
    const tool = example["tool"] as { name?: unknown } | undefined;
    let lines = 0;
    let model: string | null = null;
    for (const ledger of history.ledgersOf(id)) {
      for (const file of Object.values(ledger.files)) {
        for (const segment of file.line_attributions) {
          if (segment.conversation_id !== id) continue;
          lines += Math.max(0, segment.end_line - segment.start_line + 1);
          model ??= segment.model_id ?? null;
        }
      }
    }
    const kept = findTranscript(project.paths, id, () => {});
    const agent = typeof tool?.name === "string" ? tool.name : null;
    return {
      id,
      agent,
      model,
      first,
      last,
      edits,
      files,
      lines,
      prompt: kept === undefined ? null : firstPrompt(project, kept.path),
      kept: kept !== undefined,
    };
  });
}

/** A transcript is long and its first prompt stands at its beginning: no more is read for a list of many. */
const beginning = 128 * 1024;

function firstPrompt({ redact }: Reading, path: string): string | null {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, "r");
    const bytes = Buffer.alloc(beginning);
    const read = readSync(descriptor, bytes, 0, beginning, 0);
    const { turns } = parseConversation(new TextDecoder().decode(redact(bytes.subarray(0, read))));
    for (const { speaker, parts } of turns) {
      const words = speaker === "user" ? parts.find(({ kind }) => kind === "text") : undefined;
      if (words?.kind === "text") return words.text.slice(0, 200).toWellFormed();
    }
  } catch {
    // It was there a moment ago; the next look tells.
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
  return null;
}

/** As `doctor --offline` and `status` say it: a page must not wait for a network. */
async function readHealth(context: Context): Promise<HealthView> {
  const offline = { ...context, options: { ...context.options, offline: true } };
  const [findings, status] = [await examine(offline), await readStatus(offline)];
  return {
    findings: findings.map(({ level, area, message, fix }) => ({
      level,
      area,
      message,
      fix: fix ?? null,
    })),
    counts: { ...status.counts },
    remotes: status.remotes.map(({ name, url, lacks, heldBack }) => ({
      name,
      url,
      lacks,
      heldBack,
    })),
    errors: status.hookErrors
      .slice(-50)
      .reverse()
      .map(({ time, hook, reason }) => ({ time, hook, reason })),
  };
}

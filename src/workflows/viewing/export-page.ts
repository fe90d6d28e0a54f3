import { writeFileSync } from "node:fs";
import { AppError, systemCode } from "../../errors.ts";
import { isConversationId } from "../../schema/ids.ts";
import { loadAssets } from "../../viewer/assets.ts";
import { renderPage } from "../../viewer/page.ts";
import type { TurnView, ViewerSource } from "../../viewer/views.ts";

/** Where a page opens: at a conversation's id, else at a file. */
export function startOf(what: string | undefined): string {
  if (what === undefined) return "";
  return isConversationId(what)
    ? `/conversation/${what}`
    : `/file/${what.split("/").map(encodeURIComponent).join("/")}`;
}

/** Writes one page that is whole in itself: a file with its blame, or a conversation with its tool calls. */
export async function exportPage(
  source: ViewerSource,
  what: string,
  file: string,
): Promise<number> {
  const embedded = isConversationId(what)
    ? await conversationAnswers(source, what)
    : await fileAnswers(source, what);
  const page = renderPage(await loadAssets(), { embedded, start: startOf(what) });
  try {
    writeFileSync(file, page, { mode: 0o600 });
  } catch (error) {
    throw new AppError(
      "failed",
      `\`${file}\` cannot be written (${systemCode(error) ?? "unknown cause"})`,
      {
        hint: "name a file in a directory that is there and that you may write to",
      },
    );
  }
  return Buffer.byteLength(page);
}

async function fileAnswers(source: ViewerSource, path: string): Promise<Record<string, unknown>> {
  const view = await source.file(path);
  const answers: Record<string, unknown> = { [`/api/file?path=${encodeURIComponent(path)}`]: view };
  for (const run of view.runs.filter(({ ai }) => ai)) {
    const { start, commit, trace } = run;
    answers[whyAddress(view.path, { start, commit, trace })] = await source.why({
      path: view.path,
      commit,
      trace,
      line: start,
    });
  }
  return answers;
}

/** As the page asks for the reasons of a run. */
function whyAddress(
  path: string,
  run: { start: number; commit: string | null; trace: string | null },
): string {
  const query = new URLSearchParams({ path, line: String(run.start) });
  if (run.commit !== null) query.set("commit", run.commit);
  if (run.trace !== null) query.set("trace", run.trace);
  return `/api/why?${query.toString()}`;
}

async function conversationAnswers(
  source: ViewerSource,
  id: string,
): Promise<Record<string, unknown>> {
  const turns: TurnView[] = [];
  let view = await source.conversation(id, { reading: "", turns: 0, changes: 0 });
  const beside = view;
  for (;;) {
    turns.push(...view.turns);
    for (const { at, turn } of view.changed) turns[at] = turn;
    if (view.isWhole) break;
    const { reading, changes } = view;
    view = await source.conversation(id, { reading, turns: turns.length, changes });
  }
  const { summary, files } = beside;
  const whole = { ...view, summary, files, from: 0, changed: [], turns };
  const answers: Record<string, unknown> = {
    [`/api/conversation?id=${id}&reading=&turns=0&changes=0`]: whole,
  };
  for (const [turn, { parts }] of turns.entries()) {
    for (const [part] of parts.entries()) {
      if (parts[part]?.kind !== "tool") continue;
      answers[`/api/tool?id=${id}&turn=${turn}&part=${part}`] = await source.tool({
        id,
        turn,
        part,
      });
    }
  }
  return answers;
}

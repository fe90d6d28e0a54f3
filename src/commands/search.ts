import { defineCommand } from "../command.ts";
import { AppError, exitCodes } from "../errors.ts";
import type { ProgressLine } from "../terminal/progress.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { visible } from "../terminal/text.ts";
import type { Filling } from "../workflows/search/fill-search.ts";
import { parseSince } from "../workflows/exchange/parse-since.ts";
import { textMasker } from "../workflows/exchange/read-transcript.ts";
import { findProject, findStoredProject } from "../workflows/projects/find-project.ts";
import { describeSearch } from "../workflows/search/describe-search.ts";
import { pathInRepository, search } from "../workflows/search/search.ts";

export default defineCommand({
  summary: "Look for words in all kept conversations",
  details:
    "All words must have been said in one turn, in any order; words between quotes stand together, and a star at a word's end stands for any ending. Case and accents do not matter. The newest come first, with secrets masked. What tools were asked and answered is not looked at. What is new since the last search is read before.",
  args: {
    text: {
      type: "positional",
      required: true,
      repeatable: true,
      description: 'words, or "words that stand together"',
    },
    agent: {
      type: "string",
      valueHint: "NAME",
      description: "only with this agent, such as codex",
    },
    since: {
      type: "string",
      valueHint: "ISO",
      description: "only what was said at this time or later",
      completes: "none",
    },
    file: {
      type: "string",
      valueHint: "FILE",
      description: "only conversations that edited this file",
      completes: "file",
    },
    limit: {
      type: "string",
      alias: "n",
      valueHint: "N",
      description: "show so many (default: 20)",
    },
  },
  examples: [
    { does: "where this was talked about", line: 'agent-trace search "retry budget"' },
    {
      does: "what was said when a file was made",
      line: "agent-trace search parser --file src/parser.ts",
    },
  ],
  async run(context, args) {
    const { terminal } = context;
    const { paths } = findStoredProject(context);
    const since = parseSince(args.since);
    const limit = parseLimit(args.limit);
    const typed = args._.map(quoted).join(" ");
    const query = {
      text: typed,
      agent: args.agent,
      since: since === undefined ? undefined : Number(since / 1000n),
      file:
        args.file === undefined
          ? undefined
          : pathInRepository(context, findProject(context), args.file),
      limit,
    };
    const answer = await withProgress(terminal, (onFilling) =>
      search(paths, query, {
        masker: () => textMasker(context, paths),
        onFilling,
        signal: context.signal,
      }),
    );
    const { hits, more, agents } = answer;
    terminal.page(describeSearch(terminal, answer, context.now()));
    if (args.agent !== undefined && !agents.includes(args.agent)) {
      terminal.note(
        `no conversation with ${visible(args.agent)} is kept here; there are some with ${agents.map(visible).join(", ") || "nobody"}`,
      );
    } else if (hits.length === 0) {
      const stars = typed.includes("*") ? "" : "; a star stands for any ending, as in `pars*`";
      terminal.note(`nothing was said with ${visible(typed)} in it${stars}`);
    }
    if (more) terminal.note(`there is more; \`--limit ${limit * 5}\` shows more of it`);
    terminal.answer("search", { query: typed, hits, more });
    return exitCodes.ok;
  },
});

/** What the shell got between quotes stands together. */
function quoted(word: string): string {
  return /\s/.test(word) && !word.includes('"') ? `"${word}"` : word;
}

const title = "Reading conversations";
/** Less than this is read before anybody could see it. */
const worthTelling = 4 * 1024 * 1024;

async function withProgress<T>(
  terminal: Terminal,
  work: (onFilling: (filling: Filling) => void) => Promise<T>,
): Promise<T> {
  let line: ProgressLine | undefined;
  try {
    return await work(({ done, all, bytes, bytesTotal }) => {
      if (bytesTotal < worthTelling) return;
      line ??= terminal.startProgress(title);
      line.report({ title, unit: "conversations", done, total: all, bytes, bytesTotal });
    });
  } finally {
    line?.end();
  }
}

function parseLimit(text: string | undefined): number {
  if (text === undefined) return 20;
  if (/^\d{1,5}$/.test(text) && Number(text) > 0) return Number(text);
  throw new AppError("usage", `\`--limit\` takes a number from 1 to 99999, not \`${text}\``);
}

import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import type { Tool } from "../../mcp/server.ts";
import { maskedTranscripts, textMasker } from "../exchange/read-transcript.ts";
import { parseSince } from "../exchange/parse-since.ts";
import { findProject, namedFile } from "../projects/find-project.ts";
import { rangesOf, summaryOf } from "../provenance/describe-blame.ts";
import { describeContext } from "../provenance/describe-context.ts";
import { parseLines } from "../provenance/parse-lines.ts";
import { readAttribution } from "../provenance/read-attribution.ts";
import { readContext } from "../provenance/read-context.ts";
import { describeSearch } from "../search/describe-search.ts";
import { pathInRepository, search } from "../search/search.ts";

type Input = Readonly<Record<string, unknown>>;

/** So much a model reads at once; what is left out is said, and how to ask for less. */
const mostCharacters = 60_000;

const file = { type: "string", description: "a file of the repository, such as src/parser.ts" };
const lines = { type: "string", description: "these lines only: `14`, or `14-40`; 1-based" };

/** What an agent may ask. Nothing of it changes a file of the repository, and secrets are masked in all answers. */
export function toolsOf(context: Context): Tool[] {
  return readingTools(context).map((tool) => ({
    ...tool,
    call: (input, signal) => tool.call(input, AbortSignal.any([signal, context.signal])),
  }));
}

function readingTools(context: Context): Tool[] {
  const { terminal } = context;
  // An agent reads no columns: lines are as long as they are.
  const wide = { ...terminal, columns: Number.MAX_SAFE_INTEGER };
  return [
    {
      name: "blame",
      title: "Who wrote these lines",
      description:
        "Which lines of a file coding agents wrote: agent, model, commit and date of each range.",
      inputSchema: schema({ file, lines }, ["file"]),
      async call(input, signal) {
        const project = findProject(context);
        const path = namedFile(context, project, needed(input, "file"));
        const found = await readAttribution(project, path, { ...selected(input), signal });
        const ai = found.attributions.filter(({ kind }) => kind === "AI");
        return bounded([...rangesOf(ai), summaryOf(found)], "ask for some lines with `lines`");
      },
    },
    {
      name: "context",
      title: "Why these lines are so",
      description:
        "The conversation behind lines that an agent wrote: what was asked for and said when they were written. `full` gives all that was said in it.",
      inputSchema: schema(
        {
          file,
          lines,
          grep: { type: "string", description: "only what was said with this text in it" },
          full: {
            type: "boolean",
            description: "the whole conversation, not what was said beside the lines",
          },
        },
        ["file"],
      ),
      async call(input, signal) {
        const project = findProject(context);
        const grep = optional(input, "grep");
        const full = flag(input, "full");
        const path = namedFile(context, project, needed(input, "file"));
        const query = { ...selected(input), query: grep, full, signal };
        const found = await readContext(project, path, {
          ...query,
          said: maskedTranscripts(context, project.paths),
        });
        const format = full ? "turns" : "preview";
        return bounded(
          describeContext(wide, found, { format, grep }),
          "ask with `grep`, or without `full`",
        );
      },
    },
    {
      name: "search",
      title: "Where this was talked about",
      description:
        'Looks for words in all conversations with coding agents that are kept here, the newest first. All words must be in one turn; "words between quotes" stand together; a star at a word\'s end stands for any ending.',
      inputSchema: schema(
        {
          text: { type: "string", description: "the words" },
          agent: { type: "string", description: "only with this agent, such as codex" },
          since: { type: "string", description: "only from this date on, such as 2026-02-10" },
          file: { type: "string", description: "only conversations that edited this file" },
          limit: {
            type: "integer",
            minimum: 1,
            maximum: 200,
            description: "so many; 20 without it",
          },
        },
        ["text"],
      ),
      async call(input, signal) {
        const project = findProject(context);
        const since = parseSince(optional(input, "since"));
        const named = optional(input, "file");
        const query = {
          text: needed(input, "text"),
          agent: optional(input, "agent"),
          since: since === undefined ? undefined : Number(since / 1000n),
          file: named === undefined ? undefined : pathInRepository(context, project, named),
          limit: limitOf(input),
        };
        const answer = await search(project.paths, query, {
          masker: () => textMasker(context, project.paths),
          signal,
        });
        const found = describeSearch(wide, answer, context.now());
        if (found.length === 0) return "nothing was said with these words in it";
        const more = answer.more ? ["there is more: ask with a higher `limit`, or more words"] : [];
        return bounded([...found, ...more], "ask with a lower `limit`");
      },
    },
  ];
}

function schema(properties: object, required: readonly string[]): object {
  return { type: "object", properties, required, additionalProperties: false };
}

function bounded(answer: readonly string[], advice: string): string {
  const text = answer.join("\n");
  if (text.length <= mostCharacters) return text;
  const left = text.length - mostCharacters;
  const shown = text.slice(0, mostCharacters).toWellFormed();
  return `${shown}\n… ${left} more characters: ${advice}`;
}

function needed(input: Input, name: string): string {
  const value = optional(input, name);
  if (value !== undefined && value !== "") return value;
  throw new AppError("usage", `\`${name}\` is missing`);
}

function optional(input: Input, name: string): string | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value;
  throw new AppError("usage", `\`${name}\` must be text`);
}

function flag(input: Input, name: string): boolean {
  const value = input[name] ?? false;
  if (typeof value === "boolean") return value;
  throw new AppError("usage", `\`${name}\` must be true or false`);
}

function limitOf(input: Input): number {
  const value = input["limit"] ?? 20;
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 200)
    return value;
  throw new AppError("usage", "`limit` must be a number from 1 to 200");
}

function selected(input: Input): { lines?: { start: number; end: number } } {
  const range = parseLines(optional(input, "lines"));
  return range === undefined ? {} : { lines: range };
}

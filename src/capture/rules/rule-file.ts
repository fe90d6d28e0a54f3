import { createHash } from "node:crypto";
import { AppError } from "../../errors.ts";
import type { RulePlace } from "./rule-places.ts";

export interface Rule {
  readonly name: string;
  /** Markdown, ending in a line break. */
  readonly text: string;
}

/** What a file has of a rule. `edited`: a person changed it since it was written, so it is not ours to take away. */
export type RuleState = "absent" | "present" | "outdated" | "edited";

/**
 * A rule in a file: all functions take and give texts, `undefined` being no file. Taking a rule out gives back every
 * byte that stood there before it came.
 */
export interface RuleFile {
  state(text: string | undefined): RuleState;
  add(text: string | undefined): string;
  remove(text: string): string | undefined;
}

/** Of what a rule says the file holds a digest: so an older text of ours is told from one that a person changed. */
function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

export function ruleFile(place: RulePlace, rule: Rule): RuleFile {
  return place.kind === "part" ? partOfFile(rule) : ownFile(place, rule);
}

/** What agent-trace-cli wrote as a whole file under the same name. */
const formerTitle = "# agent-trace: AI conversation context for code\n";

function ownFile({ head = "" }: RulePlace, { name, text }: Rule): RuleFile {
  const fresh = `${head}<!-- agent-trace rule ${name} ${digestOf(text)} -->\n\n${text}`;
  const marked = new RegExp(`<!-- agent-trace rule ${name} ([0-9a-f]{12}) -->\\n\\n`);
  const state = (found: string | undefined): RuleState => {
    if (found === undefined) return "absent";
    const plain = found.replaceAll("\r\n", "\n");
    if (plain === fresh) return "present";
    if (plain.includes(formerTitle)) return "outdated";
    const mark = marked.exec(plain);
    const body = mark === null ? "" : plain.slice(mark.index + mark[0].length);
    return mark?.[1] === digestOf(body) ? "outdated" : "edited";
  };
  return {
    state,
    add: () => fresh,
    remove: (found) => (state(found) === "edited" ? found : undefined),
  };
}

/** What stood before the part, where that is not a line with its end: told in the mark, so that it comes back. */
const notes = { plain: "", unended: ", behind a line without end", empty: ", in an empty file" };

function partOfFile({ name, text }: Rule): RuleFile {
  const beginning = new RegExp(
    `<!-- agent-trace rule ${name} ([0-9a-f]{12})(${notes.unended}|${notes.empty}|) -->\\r?\\n`,
  );
  const ending = `<!-- end of agent-trace rule ${name} -->`;
  const find = (found: string) => {
    const begin = beginning.exec(found);
    if (begin === null) return undefined;
    const bodyAt = begin.index + begin[0].length;
    const end = found.indexOf(ending, bodyAt);
    if (end < 0) throw endless(name);
    const line = /^\r?\n/.exec(found.slice(end + ending.length))?.[0] ?? "";
    return {
      start: begin.index,
      body: found.slice(bodyAt, end).replaceAll("\r\n", "\n"),
      digest: begin[1] ?? "",
      note: begin[2] ?? "",
      eol: begin[0].endsWith("\r\n") ? "\r\n" : "\n",
      end: end + ending.length + line.length,
    };
  };
  const write = (note: string, eol: string): string =>
    [`<!-- agent-trace rule ${name} ${digestOf(text)}${note} -->`, `${text}${ending}`, ""]
      .join("\n")
      .replaceAll("\n", eol);
  return {
    state(found) {
      const part = found === undefined ? undefined : find(found);
      if (part === undefined) return "absent";
      if (part.body === text) return "present";
      return part.digest === digestOf(part.body) ? "outdated" : "edited";
    },
    add(found) {
      const part = found === undefined ? undefined : find(found);
      if (found !== undefined && part !== undefined) {
        return found.slice(0, part.start) + write(part.note, part.eol) + found.slice(part.end);
      }
      const eol = found !== undefined && /^[^\n]*\r\n/.test(found) ? "\r\n" : "\n";
      if (found === undefined) return write(notes.plain, eol);
      if (found === "") return write(notes.empty, eol);
      if (!found.endsWith("\n")) return `${found}${eol}${eol}${write(notes.unended, eol)}`;
      return `${found}${eol}${write(notes.plain, eol)}`;
    },
    remove(found) {
      const part = find(found);
      if (part === undefined) return found;
      const behind = found.slice(part.end);
      let before = found.slice(0, part.start);
      if (before === "" && behind === "") return part.note === notes.empty ? "" : undefined;
      const { eol } = part;
      for (let ends = part.note === notes.unended ? 2 : 1; ends > 0; ends--) {
        if (before.endsWith(eol)) before = before.slice(0, -eol.length);
      }
      return before + behind;
    },
  };
}

function endless(name: string): AppError {
  const reason = `the end of the rule \`${name}\` is missing`;
  const hint = "take the rest of the rule out by hand, then run the command again";
  return new AppError("damaged_file", reason, { hint, details: { reason } });
}

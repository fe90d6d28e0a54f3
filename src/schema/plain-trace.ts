import { localMetadata } from "./trace.ts";

/** A string without escapes, a whole number, and what else a flat value may be, as JSON has them. */
const string = `"[^"\\\\\\x00-\\x1f]*"`;
const number = `(?:0|[1-9]\\d{0,14})`;
const flat = `(?:${string}|-?${number}|true|false|null)`;

/** An object of these members in this order; a trailing `?` marks one that may be missing, not the first. */
type Shape = readonly (readonly [name: string, value: string])[];

/** The shape in which both programs write a trace of one file; `gap` is what stands behind `,` and `:`. */
function traceShape(gap: string): RegExp {
  const comma = `,${gap}`;
  const member = (name: string, value: string): string => `"${name}":${gap}${value}`;
  const object = (shape: Shape): string => {
    const members = shape.map(([name, value], at) => {
      const isOptional = name.endsWith("?");
      const text = `${at === 0 ? "" : comma}${member(isOptional ? name.slice(0, -1) : name, value)}`;
      return isOptional ? `(?:${text})?` : text;
    });
    return `\\{${members.join("")}\\}`;
  };
  const list = (item: string): string => `\\[${item}(?:${comma}${item})*\\]`;
  const kept = (name: string): string => `"(?<${name}>[^"\\\\\\x00-\\x1f]+)"`;
  const line = object([
    ["line_offset", number],
    ["hash", string],
  ]);
  const range = object([
    ["start_line", number],
    ["end_line", number],
    ["content_hash?", string],
    ["line_hashes?", list(line)],
  ]);
  const contributor = object([
    ["type", string],
    ["model_id?", kept("model")],
  ]);
  const conversation = object([
    ["contributor", contributor],
    ["ranges", list(range)],
    ["id?", kept("conversation")],
    ["content_sha256?", string],
  ]);
  const file = object([
    ["path", kept("path")],
    ["conversations", `\\[${conversation}\\]`],
  ]);
  const tool = object([
    ["name", kept("tool")],
    ["version?", string],
  ]);
  const vcs = object([
    ["type", string],
    ["revision", string],
  ]);
  // Members that must not leave this machine are no part of the shape.
  const name = `"(?!(?:${localMetadata.join("|")})")[^"\\\\\\x00-\\x1f]*"`;
  const fact = `${name}:${gap}${flat}`;
  const trace = object([
    ["version", string],
    ["id", kept("id")],
    ["timestamp", kept("timestamp")],
    ["tool?", tool],
    ["files", `\\[${file}\\]`],
    ["vcs?", vcs],
    ["metadata?", `\\{(?:${fact}(?:${comma}${fact})*)?\\}`],
  ]);
  return new RegExp(`^${trace}$`);
}

const compact = traceShape("");
const spaced = traceShape(" ");

/** Longer texts are rare, and matching must not cost more than a parse whatever a remote sends. */
const longest = 64 * 1024;

/**
 * The value of a trace as far as push, pull and the service ask for it: id, time, tool, path, model and conversation. Only
 * for a trace in the shape in which nearly all are written: one file, no escapes, no local metadata. That a text has this
 * shape proves that it is JSON, on one line, in half of the time of a parse and without its garbage. Undefined for any
 * other text: it has to be parsed, and may be a trace as well.
 */
export function readPlainTrace(text: string): Record<string, unknown> | undefined {
  if (text.length > longest) return undefined;
  const shape = text.startsWith('{"version": ') ? spaced : compact;
  const found = shape.exec(text)?.groups;
  if (found === undefined) return undefined;
  const { id, timestamp, tool, path, model, conversation } = found;
  const own = { contributor: { model_id: model }, id: conversation };
  return { id, timestamp, tool: { name: tool }, files: [{ path, conversations: [own] }] };
}

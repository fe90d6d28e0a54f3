import { asObject } from "./payload.ts";

/** One thing that was said in a conversation. */
export interface Turn {
  readonly speaker: "user" | "assistant";
  readonly text: string;
}

/**
 * What was said in a transcript, in order: of JSON lines the user's and the assistant's words; tool calls and their
 * results say nothing to a reader and are left out. Lines that do not parse are passed over; a transcript of another
 * form has no turns.
 */
export function parseTurns(transcript: string): Turn[] {
  const turns: Turn[] = [];
  for (const line of transcript.split("\n")) {
    if (!line.includes('"user"') && !line.includes('"assistant"')) continue;
    let record;
    try {
      record = asObject(JSON.parse(line));
    } catch {
      continue;
    }
    const message = asObject(record?.["message"]) ?? record;
    const speaker = message?.["role"] ?? record?.["type"];
    if (speaker !== "user" && speaker !== "assistant") continue;
    const text = spokenText(message?.["content"]);
    if (text !== "") turns.push({ speaker, text });
  }
  return turns;
}

function spokenText(content: unknown): string {
  if (typeof content === "string") return content.trim();
  if (!Array.isArray(content)) return "";
  return content
    .map((part) => asObject(part))
    .flatMap((part) => (part?.["type"] === "text" ? [part["text"]] : []))
    .filter((text) => typeof text === "string")
    .join("\n")
    .trim();
}

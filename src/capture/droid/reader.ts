import type { AgentReader } from "../agent-reader.ts";
import { claudeShapedReader, modelOf } from "../claude-shaped.ts";
import { asObject, nameField } from "../payload.ts";
import { readNewestModel, readTail } from "../read-tail.ts";

const shaped = claudeShapedReader("droid");

export const reader: AgentReader = {
  parseEvent: shaped.parseEvent,
  readOrigin(_, { transcriptPath }) {
    const model = settingsModel(transcriptPath);
    return model === undefined ? readNewestModel(transcriptPath) : { model, version: undefined };
  },
};

/** Droid keeps a session's model in a small file beside its transcript. */
function settingsModel(transcriptPath: string | undefined): string | undefined {
  if (transcriptPath?.endsWith(".jsonl") !== true) return undefined;
  const text = readTail(transcriptPath.replace(/\.jsonl$/, ".settings.json"), 64 * 1024);
  try {
    return modelOf(nameField(asObject(JSON.parse(text)), "model"));
  } catch {
    return undefined;
  }
}

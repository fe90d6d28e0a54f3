import { deliverAsClaudeCode, stringly, snake, camel, short } from "./deliver-claude-shaped.ts";
import {
  deliverAsCodex,
  deliverAsGemini,
  deliverAsOpenCode,
  deliverAsCursor,
  deliverAsWindsurf,
  deliverAsCopilot,
  deliverAsCline,
  deliverAsGeneric,
} from "./deliver-own-shapes.ts";
import type { Deliver } from "./edit-delivery.ts";
/** How each agent would tell of an edit. */
export const deliveries: Readonly<Record<string, Deliver>> = {
  "claude-code": deliverAsClaudeCode,
  cursor: deliverAsCursor,
  codex: deliverAsCodex,
  "gemini-cli": deliverAsGemini,
  copilot: deliverAsCopilot,
  "vscode-copilot": stringly(
    { extensionId: "github.copilot", hookEventName: "x" },
    { edit: "replace_string_in_file", write: "create_file", field: "filePath", strings: camel },
  ),
  opencode: deliverAsOpenCode,
  windsurf: deliverAsWindsurf,
  amp: stringly(
    { agent_trace_plugin: "amp" },
    { edit: "edit_file", write: "create_file", field: "path", strings: short },
  ),
  droid: stringly(
    { transcript_path: "/home/me/.factory/sessions/s.jsonl" },
    { edit: "Edit", write: "Create", strings: short },
  ),
  continue: stringly(
    { transcript_path: "/home/me/.continue/sessions/s.jsonl" },
    { edit: "edit", write: "Write", strings: snake },
  ),
  cline: deliverAsCline,
  pi: stringly(
    { agent_trace_plugin: "pi" },
    {
      edit: "edit",
      write: "write",
      field: "path",
      strings: ({ oldText, newText, steps }) => ({
        edits: steps.map(() => ({ oldText, newText })),
      }),
    },
  ),
  generic: deliverAsGeneric,
};

import { join } from "node:path";
import type { ScriptedCall, ScriptedTurn } from "./scripted-model.ts";

/** How an agent's tools are called. */
export interface Tools {
  write(path: string, content: string): ScriptedCall;
  edit(path: string, oldText: string, newText: string): ScriptedCall;
  run(command: string): ScriptedCall;
}

/** What every agent is made to do: a new file, edits alone and together, commands that change files, also by failing. */
export function script(tools: Tools, project: string): ScriptedTurn[] {
  const at = (path: string): string => join(project, path);
  const { write, edit, run } = tools;
  return [
    {
      says: "A new file.",
      calls: [write(at("src/new.ts"), "export const made1 = 1;\nexport const made2 = 2;\n")],
    },
    {
      says: "One line becomes two.",
      calls: [
        edit(
          at("src/base.ts"),
          "export const base5 = 5;",
          "export const five = 5;\nexport const fifth = 5;",
        ),
      ],
    },
    {
      says: "Several at once.",
      calls: [
        edit(at("src/base.ts"), "export const base12 = 12;", "export const twelve = 12;"),
        edit(at("src/base.ts"), "export const base28 = 28;", "export const late = 28;"),
      ],
    },
    {
      says: "By a command.",
      calls: [run("sed -i 's/human shell line 3/changed line 3/' shell.txt")],
    },
    {
      says: "A command that fails.",
      calls: [run("echo 'added by a failing command' >> shell.txt; exit 3")],
    },
    { says: "All done." },
  ];
}

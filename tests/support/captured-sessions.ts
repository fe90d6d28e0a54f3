import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { transcriptsDirectory } from "./transcripts.ts";

/** Hook calls of a real agent's program that played a known session, as they were captured. */
export interface CapturedCall {
  readonly seq: number;
  /** What the hook was registered as. */
  readonly registered: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** What was captured of one session, on this machine's paths; undefined where the captures are not at hand. */
export function capturedDirectory(): string | undefined {
  const transcripts = transcriptsDirectory();
  const directory = transcripts === undefined ? undefined : join(transcripts, "../hooks");
  return directory !== undefined && existsSync(directory) ? directory : undefined;
}

/** The rows of a file of captures, with the paths of the machine they were taken on replaced. */
export function readCaptured(
  file: string,
  paths: { readonly project: string; readonly home: string },
): Record<string, unknown>[] {
  return onThisMachine(readFileSync(file, "utf8"), paths)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

export function onThisMachine(
  text: string,
  { project, home }: { readonly project: string; readonly home: string },
): string {
  return text.replaceAll("/home/dev/project", project).replaceAll("/home/dev", home);
}

const lines = (from: number, to: number, text: (line: number) => string): string =>
  Array.from({ length: to - from + 1 }, (_, index) => `${text(from + index)}\n`).join("");

/** The repository in which all sessions were played, before them: a person's. */
export const baseFiles: Readonly<Record<string, string>> = {
  "src/base.ts": lines(1, 30, (line) => `export const base${line} = ${line};`),
  "src/util.ts":
    'export function run(oldName: number) {\n  const a = oldName + 1;\n  log("start");\n  return a * oldName;\n}\nfunction log(s: string) {}\nexport const keep = 1;\n',
  "src/over.ts": lines(1, 10, (line) => `// human line ${line}`),
  "src/tabs.go":
    'package main\n\nfunc main() {\n\tif true {\n\t\tprintln("one")\n\t\tprintln("two")\n\t}\n}\n',
  "shell.txt": lines(1, 10, (line) => `human shell line ${line}`),
  "note.ipynb": `${JSON.stringify(
    {
      cells: [
        {
          cell_type: "code",
          execution_count: null,
          id: "cell-a",
          metadata: {},
          outputs: [],
          source: ["x = 1\n", "print(x)"],
        },
        { cell_type: "markdown", id: "cell-b", metadata: {}, source: ["# Title"] },
      ],
      metadata: {
        kernelspec: { display_name: "Python 3", language: "python", name: "python3" },
        language_info: { name: "python" },
      },
      nbformat: 4,
      nbformat_minor: 5,
    },
    undefined,
    1,
  )}\n`,
  "README.md": "# Sample\n",
};

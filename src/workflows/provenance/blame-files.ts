import { resolve } from "node:path";
import type { Context } from "../../context.ts";
import { AppError, exitCodes } from "../../errors.ts";
import { isShallow } from "../../git/is-shallow.ts";
import { lookAt } from "../../git/look-at.ts";
import { type Project, namedFile } from "../projects/find-project.ts";
import {
  type AttributionQuery,
  type FileAttribution,
  readAttribution,
} from "./read-attribution.ts";
import { lacking } from "./require-attribution.ts";

export interface BlameQuery extends Pick<AttributionQuery, "flags"> {
  readonly files: readonly string[];
  readonly lines: AttributionQuery["lines"] | undefined;
  /** Whether the text of the files is wanted, too: of thousands of files it is much to hold. */
  readonly keepsText: boolean;
}

/** Git's blame works on one processor for each file. */
const atOnce = 4;

/**
 * Who wrote the lines of each file. Of several files one that cannot be read is told of, and the others are read all
 * the same; `failed` is then the exit code.
 */
export async function blameFiles(
  context: Context,
  project: Project,
  query: BlameQuery,
): Promise<{ files: FileAttribution[]; failed: number }> {
  const { files, keepsText } = query;
  const found: FileAttribution[] = [];
  let failed: number = exitCodes.ok;
  for (let at = 0; at < files.length; at += atOnce) {
    const group = files.slice(at, at + atOnce);
    for (const read of await Promise.all(
      group.map((file) => tryRead(context, project, { query, file })),
    )) {
      if (read instanceof AppError) {
        if (files.length === 1 || context.signal.aborted) throw read;
        context.terminal.fail(read);
        failed = read.exitCode;
      } else found.push(keepsText ? read : { ...read, content: new Uint8Array(0) });
    }
  }
  if (isShallow(project.git.repository) && lacking(found).length > 0) {
    context.terminal.warn(
      "this is a shallow clone: of lines older than its history nothing is known",
      "run `git fetch --unshallow`, in CI fetch all history",
    );
  }
  return { files: found, failed };
}

async function tryRead(
  context: Context,
  project: Project,
  { query, file }: { readonly query: BlameQuery; readonly file: string },
): Promise<FileAttribution | AppError> {
  const { flags = [], lines } = query;
  try {
    const path = namedFile(context, project, file);
    const range = lines === undefined ? {} : { lines };
    return await readAttribution(project, path, { flags, signal: context.signal, ...range });
  } catch (error) {
    const failure = flags.includes("-C") ? readsAsDirectory(context, file, error) : error;
    if (failure instanceof AppError) return failure;
    throw failure;
  }
}

/** `-C` is here what it is to git's blame; who means the directory is told where it goes. */
function readsAsDirectory({ cwd }: Context, file: string, error: unknown): unknown {
  const stats = lookAt(resolve(cwd, file));
  if (stats?.isDirectory() !== true) return error;
  return new AppError("not_found", `\`${file}\` is no file`, {
    hint: "behind `blame`, `-C` follows copies; to run in a directory write `--cwd DIR`",
  });
}

/** The answer as a document. What is said of a single file stands at the top as well. */
export function blameDocument(
  files: readonly FileAttribution[],
  { all, open }: { readonly all: boolean; readonly open: number },
): object {
  const documents = files.map(({ path, lines, aiLines, attributions }) => ({
    file: path,
    lines,
    ai_lines: aiLines,
    attributions: attributions.filter(({ kind }) => kind === "AI" || all),
  }));
  const error = { code: "no_attribution", message: `${open} lines have no attribution` };
  return {
    ...(documents.length === 1 ? documents[0] : {}),
    files: documents,
    ...(open === 0 ? {} : { error: { ...error, hint: null, retryable: false } }),
  };
}

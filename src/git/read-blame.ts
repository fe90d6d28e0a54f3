import { isUtf8 } from "node:buffer";
import { type CommitSha, isCommitSha } from "../schema/ids.ts";
import { type Git, readGit } from "./run-git.ts";
import { unquotePath } from "./unquote-path.ts";

/** Where one line of a file came from. */
export interface BlamedLine {
  /** 1-based, in the file as it is asked about. */
  readonly line: number;
  /** Undefined for a line that no commit has. */
  readonly commit: CommitSha | undefined;
  /** 1-based, in the file as that commit has it. */
  readonly originalLine: number;
  /** The path that the file has in that commit. */
  readonly originalPath: string;
  /** The history ends here (a shallow clone, a root commit): the line may be older. */
  readonly boundary: boolean;
  /** When the commit was made, in seconds. */
  readonly time: number;
  /** Of a file that is no UTF-8 one character for each byte. */
  readonly text: string;
}

export interface BlameOptions {
  /** The commit to ask about; without one, the file as it stands in the work tree. */
  readonly revision?: string;
  /** 1-based, inclusive. */
  readonly lines?: { readonly start: number; readonly end: number };
  /** `-w`, `-M`, `-C`, as git takes them. */
  readonly flags?: readonly string[];
  readonly signal?: AbortSignal;
}

/** What git's blame says of each line. The path is relative to the work tree's root. */
export async function readBlame(
  git: Git,
  path: string,
  options: BlameOptions = {},
): Promise<BlamedLine[]> {
  const { revision, lines, flags = [], signal } = options;
  const output = await readGit(
    git,
    [
      "blame",
      "--porcelain",
      "--no-textconv",
      ...flags,
      ...(lines === undefined ? [] : ["-L", `${lines.start},${lines.end}`]),
      ...(revision === undefined ? [] : [revision]),
      "--",
      path,
    ],
    signal === undefined ? {} : { signal },
  );
  return isUtf8(output) ? parseBlame(new TextDecoder().decode(output)) : parseBytes(output);
}

/** Names are UTF-8, whatever the file is in. */
function parseBytes(output: Uint8Array): BlamedLine[] {
  const utf8 = (text: string): string => Buffer.from(text, "latin1").toString();
  const blamed = parseBlame(Buffer.from(output).toString("latin1"), utf8);
  const isText = blamed.every(({ text }) => isUtf8(Buffer.from(text, "latin1")));
  return isText ? blamed.map((line) => ({ ...line, text: utf8(line.text) })) : blamed;
}

interface Origin {
  path: string;
  boundary: boolean;
  time: number;
}

/** Parses `git blame --porcelain`: facts of a commit are said at its first line only, its path whenever it may differ. */
export function parseBlame(
  output: string,
  decodePath: (path: string) => string = (path) => path,
): BlamedLine[] {
  const blamed: BlamedLine[] = [];
  const origins = new Map<string, Origin>();
  const lines = output.split("\n");
  for (let at = 0; at < lines.length; at++) {
    const header = /^([0-9a-f]{40,64}) (\d+) (\d+)/.exec(lines[at] ?? "");
    if (header === null) continue;
    const [, sha = "", original, final] = header;
    const origin = origins.get(sha) ?? { path: "", boundary: false, time: 0 };
    origins.set(sha, origin);
    for (at++; at < lines.length && !lines[at]?.startsWith("\t"); at++) {
      const fact = lines[at] ?? "";
      if (fact === "boundary") origin.boundary = true;
      else if (fact.startsWith("committer-time ")) origin.time = Number(fact.slice(15));
      else if (fact.startsWith("filename ")) origin.path = unquotePath(decodePath(fact.slice(9)));
    }
    blamed.push({
      line: Number(final),
      commit: isCommitSha(sha) && !/^0+$/.test(sha) ? sha : undefined,
      originalLine: Number(original),
      originalPath: origin.path,
      boundary: origin.boundary,
      time: origin.time,
      text: lines[at]?.slice(1) ?? "",
    });
  }
  return blamed;
}

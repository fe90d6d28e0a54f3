import { type Git, readGit } from "./run-git.ts";

/** What `.gitattributes` says of a path. */
export interface PathAttributes {
  readonly generated: boolean;
  readonly vendored: boolean;
}

const names = { generated: "linguist-generated", vendored: "linguist-vendored" } as const;

/** The attributes by which code hosts leave files out of their counts. Paths that have neither are not in the answer. */
export async function readAttributes(
  git: Git,
  paths: readonly string[],
): Promise<Map<string, PathAttributes>> {
  const found = new Map<string, { generated: boolean; vendored: boolean }>();
  if (paths.length === 0) return found;
  const output = await readGit(
    git,
    ["check-attr", "--stdin", "-z", names.generated, names.vendored],
    { input: paths.map((path) => `${path}\0`).join("") },
  );
  const fields = new TextDecoder().decode(output).split("\0");
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [path = "", name = "", value = ""] = fields.slice(at, at + 3);
    if (value !== "set" && value !== "true") continue;
    const own = found.get(path) ?? { generated: false, vendored: false };
    if (name === names.generated) own.generated = true;
    if (name === names.vendored) own.vendored = true;
    found.set(path, own);
  }
  return found;
}

import { readFileSync, readdirSync } from "node:fs";

interface Lockfile {
  readonly packages: Readonly<Record<string, readonly [string, ...unknown[]]>>;
}

interface Manifest {
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** One thing of others that is in the program. */
export interface Part {
  readonly name: string;
  readonly version: string;
  /** As its manifest names it, such as MIT. */
  readonly licence: string | undefined;
  /** Of the package as the lockfile holds it, in hexadecimal. */
  readonly sha512: string | undefined;
}

/** The libraries that are compiled in, with those that they need, and the runtime; by name. */
export function readParts(): Part[] {
  const lockfile = Bun.JSONC.parse(readFileSync("bun.lock", "utf8")) as Lockfile;
  const names = new Set(["bun"]);
  const visit = ({ dependencies = {} }: Manifest): void => {
    for (const name of Object.keys(dependencies)) {
      if (names.has(name)) continue;
      names.add(name);
      visit(readManifest(`node_modules/${name}`));
    }
  };
  visit(readManifest("."));
  return [...names].sort().map((name) => {
    const [id = "", ...rest] = lockfile.packages[name] ?? [];
    const digest = rest.find((part) => typeof part === "string" && part.startsWith("sha512-"));
    return {
      name,
      version: id.slice(id.lastIndexOf("@") + 1),
      licence: readManifest(`node_modules/${name}`).license,
      sha512:
        typeof digest === "string" ? Buffer.from(digest.slice(7), "base64").toHex() : undefined,
    };
  });
}

/** The licences of all parts, which ask to be handed on with the program. */
export function thirdPartyNotices(): string {
  const notices = readParts().map(({ name, version, licence }) => {
    const file = readdirSync(`node_modules/${name}`).find((entry) => /^licen[cs]e/i.test(entry));
    const text =
      file === undefined
        ? `${licence ?? "licence unknown"}. Its package holds no text; see its project's pages.`
        : readFileSync(`node_modules/${name}/${file}`, "utf8").trim();
    const runtime =
      name === "bun"
        ? "\n\nThe runtime holds JavaScriptCore (LGPL-2.0 and BSD) and other works, listed in Bun's licensing page."
        : "";
    return `${name} ${version}\n\n${text}${runtime}\n`;
  });
  return `agent-trace contains the following works of others.\n\n${notices.join(`\n${"-".repeat(80)}\n\n`)}`;
}

function readManifest(directory: string): Manifest {
  return JSON.parse(readFileSync(`${directory}/package.json`, "utf8")) as Manifest;
}

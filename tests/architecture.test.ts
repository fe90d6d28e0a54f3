import { expect, test } from "bun:test";
import { Glob } from "bun";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** Layers from the top; an import points to a lower one, or stays within its own folder. */
const layers: readonly (readonly string[])[] = [
  ["main"],
  ["cli"],
  ["commands"],
  ["workflows"],
  ["command"],
  ["context"],
  [
    "terminal",
    "capture",
    "redaction",
    "attribution",
    "attestation",
    "report",
    "viewer",
    "mcp",
    "sync",
    "service",
    "remote",
    "store",
    "git",
  ],
  ["hash-state"],
  ["schema", "http"],
  ["environment"],
  ["libc", "foreign-file"],
  ["errors"],
];

const roomOf = (path: string): string => (path.split("/")[0] ?? "").replace(/\.ts$/, "");
const layerOf = (path: string): number => layers.findIndex((rooms) => rooms.includes(roomOf(path)));

test("imports point down, never up, never sideways", async () => {
  const wrong: string[] = [];
  for await (const file of new Glob("**/*.ts").scan("src")) {
    const source = await Bun.file(join("src", file)).text();
    for (const [, specifier = ""] of source.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)) {
      const target = normalize(join(dirname(file), specifier));
      const fine = roomOf(file) === roomOf(target) || layerOf(file) < layerOf(target);
      if (!fine || layerOf(file) < 0 || layerOf(target) < 0)
        wrong.push(`${file} imports ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

/** The rooms of the store from the top, below the files that stand in none; an import points down or stays in its room. */
const storeRooms = ["exchange", "search", "transcripts", "index", "files"];

test("within the store imports point down, from its own files to exchange, search, transcripts, index and files", async () => {
  const depthOf = (path: string): number =>
    path.includes("/") ? storeRooms.indexOf(roomOf(path)) + 1 : 0;
  const wrong: string[] = [];
  for await (const file of new Glob("**/*.ts").scan("src/store")) {
    if (file.includes("/") && depthOf(file) === 0)
      wrong.push(`${file} is in a room without a place`);
    const source = await Bun.file(join("src/store", file)).text();
    for (const [, specifier = ""] of source.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)) {
      const target = normalize(join(dirname(file), specifier));
      if (!target.startsWith("..") && depthOf(target) < depthOf(file))
        wrong.push(`${file} imports ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

test("no file has a name that says nothing", async () => {
  const empty = [
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "types",
    "index",
    "manager",
    "misc",
  ];
  const files = [...new Glob("**/*.ts").scanSync("src")];
  expect(files.filter((file) => empty.includes(roomOf(file.split("/").at(-1) ?? "")))).toEqual([]);
});

/** Every file and package that is loaded along with a file: its own imports and theirs, types and lazy ones aside. */
function loadedWith(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const source = readFileSync(join("src", file), "utf8");
  for (const [, names = "", specifier = ""] of source.matchAll(
    /^(?:import|export)\s+(?!type\b)([^;]*?)\s*from\s+"([^"]+)"/gms,
  )) {
    const typesOnly = /^\{(?:\s*type\s+\w+(?:\s+as\s+\w+)?\s*,?)+\s*\}$/.test(names);
    if (typesOnly) continue;
    if (specifier.startsWith(".")) loadedWith(normalize(join(dirname(file), specifier)), seen);
    else seen.add(specifier);
  }
  return seen;
}

test("record loads no library and no database", () => {
  const packages = [...loadedWith("commands/record.ts")].filter((name) => !name.endsWith(".ts"));
  expect(packages.filter((name) => !name.startsWith("node:"))).toEqual(["bun:ffi"]);
});

test("record loads of the agents only their list; a reader loads no library either", () => {
  const readers = [...new Glob("capture/*/reader.ts").scanSync("src")].sort();
  expect(readers.length).toBeGreaterThan(0);
  const ofAgents = (file: string): boolean => file.startsWith("capture/") && file.includes("/", 8);
  expect([...loadedWith("commands/record.ts")].filter(ofAgents)).toEqual([]);
  for (const reader of readers) {
    const packages = [...loadedWith(reader)].filter((name) => !name.endsWith(".ts"));
    expect(packages.filter((name) => !name.startsWith("node:"))).toEqual([]);
  }
});

test("docs/design.md names files that exist", () => {
  const page = readFileSync("docs/design.md", "utf8");
  const start = page.indexOf("## What happens at an agent's edit");
  const steps = page.slice(start, page.indexOf("## The store"));
  const named = [...steps.matchAll(/`([a-z-]+(?:\/[a-z-]+)*(?:\.ts|\/))`/g)].map(
    ([, path = ""]) => path,
  );
  expect(named.length).toBeGreaterThan(25);
  expect(named.filter((path) => !existsSync(join("src", path)))).toEqual([]);
});

/** Files that import each other by whatever way, each group once. */
function circles(): string[][] {
  const imports = new Map<string, string[]>();
  for (const file of new Glob("**/*.ts").scanSync("src")) {
    const source = readFileSync(join("src", file), "utf8");
    const named = [...source.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)];
    imports.set(
      file,
      named.map(([, specifier = ""]) => normalize(join(dirname(file), specifier))),
    );
  }
  const reach = (from: string): Set<string> => {
    const seen = new Set<string>();
    const open = [...(imports.get(from) ?? [])];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...(imports.get(next) ?? []));
    }
    return seen;
  };
  const reached = new Map([...imports.keys()].map((file) => [file, reach(file)]));
  const found = new Map<string, string[]>();
  for (const [file, files] of reached) {
    if (!files.has(file)) continue;
    const group = [...files].filter((other) => reached.get(other)?.has(file) === true).toSorted();
    found.set(group.join(" "), group);
  }
  return [...found.values()];
}

test("no two files import each other, by whatever way", () => {
  expect(circles()).toEqual([]);
});

test("no file has more than 300 lines", async () => {
  const long: string[] = [];
  for (const folder of ["src", "tests"]) {
    for await (const path of new Glob("**/*.{ts,tsx}").scan(join(import.meta.dir, "..", folder))) {
      const text = readFileSync(join(import.meta.dir, "..", folder, path), "utf8");
      const lines = text.split("\n").length - 1;
      if (lines > 300) long.push(`${folder}/${path}: ${lines}`);
    }
  }
  expect(long).toEqual([]);
});

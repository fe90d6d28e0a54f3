import { expect, test } from "bun:test";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { environmentFiles } from "../../src/workflows/exchange/environment-files.ts";
import { temporaryDirectory } from "../support/directories.ts";

test("`.env` files are found at the root and in packages, not in what others wrote, nor by links", () => {
  using root = temporaryDirectory();
  using elsewhere = temporaryDirectory();
  const write = (path: string, within = root.path): void => {
    mkdirSync(dirname(join(within, path)), { recursive: true });
    writeFileSync(join(within, path), "A=b\n");
  };
  const own = [".env", ".env.local", "apps/web/.env.production", "packages/a/b/.env"];
  for (const path of own) write(path);
  for (const path of [
    ".env.example",
    ".environment",
    "env",
    "node_modules/x/.env",
    ".git/.env",
    "apps/web/dist/.env",
    "a/b/c/d/.env",
  ])
    write(path);
  write(".env", elsewhere.path);
  symlinkSync(elsewhere.path, join(root.path, "linked"));
  const found = environmentFiles(root.path).map((path) => relative(root.path, path));
  expect(found.toSorted()).toEqual(own.toSorted());
  expect(environmentFiles(join(root.path, "no such directory"))).toEqual([]);
});

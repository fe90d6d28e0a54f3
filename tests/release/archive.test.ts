import { expect, test } from "bun:test";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tarGz, zip } from "../../release/archive.ts";
import { temporaryDirectory } from "../support/directories.ts";

const time = Date.UTC(2026, 2, 4, 5, 6, 8) / 1000;
const entries = [
  { path: "folder/program", content: Buffer.alloc(1000, "ab"), executable: true },
  { path: "folder/README.md", content: Buffer.from("# grüße\n") },
  { path: "folder/empty", content: new Uint8Array() },
];

test("a tar archive unpacks to the same bytes, modes and times", () => {
  using directory = temporaryDirectory();
  const archive = join(directory.path, "a.tar.gz");
  writeFileSync(archive, tarGz(entries, time));
  const { exitCode } = Bun.spawnSync(["tar", "-xzf", archive], { cwd: directory.path });
  expect(exitCode).toBe(0);
  for (const { path, content, executable } of entries) {
    const file = join(directory.path, path);
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(executable === true ? 0o755 : 0o644);
    expect(statSync(file).mtimeMs).toBe(time * 1000);
  }
});

test.skipIf(Bun.which("unzip") === null)("a zip archive passes unzip's own check", () => {
  using directory = temporaryDirectory();
  const archive = join(directory.path, "a.zip");
  writeFileSync(archive, zip(entries, time));
  expect(Bun.spawnSync(["unzip", "-tq", archive]).exitCode).toBe(0);
  Bun.spawnSync(["unzip", "-q", archive], { cwd: directory.path, env: { TZ: "UTC" } });
  for (const { path, content } of entries) {
    const file = join(directory.path, path);
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(statSync(file).mtimeMs).toBe(time * 1000);
  }
});

test.each([
  ["tar", tarGz],
  ["zip", zip],
])("a %s archive has the same bytes each time", (_kind, pack) => {
  expect(Buffer.from(pack(entries, time)).equals(pack(entries, time))).toBe(true);
});

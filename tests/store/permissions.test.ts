import { expect, test } from "bun:test";
import { chmodSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { appendLines } from "../../src/store/files/append.ts";
import { projectScene } from "./scene.ts";

/** Fills a home with every kind of file that the store makes, under the widest umask. */
const fill = join(import.meta.dir, "fill-home.ts");

test.skipIf(process.platform === "win32")(
  "every directory is 0700 and every file 0600 under umask 000",
  () => {
    using scene = projectScene();
    const { exitCode, stderr } = Bun.spawnSync([process.execPath, fill, scene.home]);
    expect(stderr.toString()).toBe("");
    expect(exitCode).toBe(0);
    const wrong: string[] = [];
    const seen: string[] = [];
    const look = (path: string): void => {
      const stats = statSync(path);
      seen.push(path);
      if ((stats.mode & 0o777) !== (stats.isDirectory() ? 0o700 : 0o600)) wrong.push(path);
      if (stats.isDirectory()) for (const name of readdirSync(path)) look(join(path, name));
    };
    look(scene.home);
    expect(wrong).toEqual([]);
    expect(seen.length).toBeGreaterThan(15);
  },
);

test.skipIf(process.platform === "win32")("what an older client left open is closed", () => {
  using scene = projectScene();
  const path = join(scene.home, "traces.jsonl");
  appendLines(path, ["{}"]);
  chmodSync(path, 0o644);
  appendLines(path, ["{}"]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
});

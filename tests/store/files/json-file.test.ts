import { expect, test } from "bun:test";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readConfig, updateConfig } from "../../../src/store/config.ts";
import { temporaryDirectory } from "../../support/directories.ts";

function warnings(): { warn: (message: string) => void; said: string[] } {
  const said: string[] = [];
  return { said, warn: (message) => void said.push(message) };
}

test("a change keeps fields that nobody here knows, in their place", () => {
  using home = temporaryDirectory();
  const path = join(home.path, "config.json");
  writeFileSync(path, '{"future":{"x":[1]},"tokens":{"a":"one"},"later":true}');
  const { warn, said } = warnings();
  updateConfig(home.path, (config) => void ((config.tokens ??= {})["b"] = "two"), warn);
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({
    future: { x: [1] },
    tokens: { a: "one", b: "two" },
    later: true,
  });
  expect(said).toEqual([]);
});

test("a damaged file is kept under another name and said, whatever is wrong with it", () => {
  using home = temporaryDirectory();
  const path = join(home.path, "config.json");
  const { warn, said } = warnings();
  const sound = '{"tokens":{"a":"one"}}';
  const damaged = ["[]", "null", "7", '{"tokens":7}', "\0\0\0\0", "{}{}"];
  for (let length = 0; length < sound.length; length++) damaged.push(sound.slice(0, length));
  damaged.forEach((text, index) => {
    writeFileSync(path, text);
    expect(readConfig(home.path, warn)).toEqual({});
    expect(said).toHaveLength(index + 1);
    expect(said[index]).toContain(`config.json.bad-${index + 1}`);
    expect(readFileSync(`${path}.bad-${index + 1}`, "utf8")).toBe(text);
  });
});

test("a byte order mark is no damage, and a missing file is empty", () => {
  using home = temporaryDirectory();
  const { warn, said } = warnings();
  expect(readConfig(home.path, warn)).toEqual({});
  writeFileSync(join(home.path, "config.json"), '\uFEFF{"auth_token":"x"}\r\n');
  expect(readConfig(home.path, warn)).toEqual({ auth_token: "x" });
  expect(said).toEqual([]);
});

test("what a killed writer left beside the file is taken away by the next one", () => {
  using home = temporaryDirectory();
  writeFileSync(join(home.path, "config.json.tmp"), '{"tok');
  updateConfig(home.path, (config) => void (config.auth_token = "x"), warnings().warn);
  expect(readdirSync(home.path).sort()).toEqual([".lock", "config.json"]);
});

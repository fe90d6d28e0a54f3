import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Scene, lookNames, openScene } from "./scene.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene[Symbol.asyncDispose]());

/** In the order in which they are typed: what one changes, the next ones show. */
const lines: readonly string[] = [
  "remote",
  "blame -h",
  "init --dry-run",
  "init",
  "status",
  "doctor",
  "doctor --offline",
  "blame src/add.ts",
  "blame src/add.ts src/open.ts",
  "blame --ranges --show-no-attribution src/add.ts",
  "blame --require-attribution src/add.ts",
  "context src/add.ts",
  "context src/add.ts --full",
  "context src/add.ts -g nothing",
  "search numbers add*",
  "search nothing-like-that",
  "search numbers --agent nobody",
  "summary presets",
  "summary show",
  "rule list",
  "push --dry-run",
  "push",
  "push",
  "pull --dry-run",
  "pull",
  "sync",
  "status",
  "remote list",
  "remote show origin",
  "remote default origin",
  "remote rename origin team",
  "remote rename team origin",
  "config show",
  "config set remote.default origin",
  "config reset remote.default",
  "hooks status",
  "projects",
  "adopt",
  "admin org list --url URL",
  "admin org create acme --url URL",
  "admin project create app --org acme --url URL",
  "admin project list --org acme --url URL",
  "admin token list --org acme --url URL",
  "admin token create --org acme --name ada --url URL",
  "admin stats --url URL",
  "admin audit --url URL",
  "report",
  "check",
  "project create REMOTE",
  "remote add origin REMOTE",
  "remote remove nobody",
  "remote add again REMOTE --token at_wrong",
  "remote add again https://example.com",
  "push --remote nobody",
  "push --offline",
  "push --since yesterday",
  "push --onyl traces",
  "psuh",
  "remote ad",
  "blame",
  "blame nothing.ts",
  "blame src/add.ts -l 90",
  "blame -C src",
  "context src/nothing.ts",
  "-C /nope status",
  "-v",
  "config set nothing 1",
  "config set summary.timeout-seconds soon",
  "projects show nobody",
  "admin org list --data /nowhere",
  "admin project delete app --org acme",
  "completion tcsh",
  "help nothing",
  "self uninstall",
  "serve --port http",
  "version",
];

describe.each(lookNames)("%s", (look) => {
  test.each(lines.map((line, index) => [line, index] as const))(
    "$ agent-trace %s",
    async (line) => {
      const words = line.split(" ").filter((word) => word !== "");
      const { remote } = scene.account;
      const argv = words.map((word) =>
        word === "REMOTE" ? remote : word === "URL" ? new URL(remote).origin : word,
      );
      expect(await scene.show(look, argv)).toMatchSnapshot();
    },
  );
});

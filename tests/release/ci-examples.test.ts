import { expect } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../support/directories.ts";
import { gate } from "../support/gate.ts";
import { compiledProgram } from "../support/program.ts";
import { gitTestEnvironment, tempRepo } from "../support/repository.ts";
import { testService } from "../support/service.ts";
import { startProgram } from "../support/start-program.ts";

const page = readFileSync(join(import.meta.dir, "../../docs/ci.md"), "utf8");

/** The commands of a system's first example that call git or agent-trace, as its shell would run them. */
function scriptOf(system: string): string {
  const [, example = ""] =
    new RegExp(`## ${system}\n\n\`\`\`\\w+\n([^]*?)\n\`\`\``).exec(page) ?? [];
  return example
    .split("\n")
    .map((line) => line.trim().replace(/^- /, ""))
    .filter((line) => /^(?:agent-trace|git|base=)/.test(line))
    .join("\n");
}

const systems = {
  "What a check looks like": {},
  "GitHub Actions": { BASE: "origin/main" },
  GitLab: { CI_MERGE_REQUEST_DIFF_BASE_SHA: "origin/main" },
  "Bitbucket Pipelines": { BITBUCKET_PR_DESTINATION_BRANCH: "main" },
  "Azure Pipelines": { SYSTEM_PULLREQUEST_TARGETBRANCH: "refs/heads/main" },
  CircleCI: {},
  Jenkins: { CHANGE_TARGET: "main" },
};

for (const [system, variables] of Object.entries(systems)) {
  gate(
    `the example for "${system}" runs, and fails a branch that breaks its policy`,
    {},
    async () => {
      await using service = await testService();
      const { remote, token } = await service.account();
      using directory = temporaryDirectory();
      using upstream = tempRepo();
      const policy = { rules: [{ name: "authors", paths: ["src/**"], require_attribution: true }] };
      upstream.commit("base", { "policy.json": JSON.stringify(policy) });
      upstream.run(["clone", "-q", ".", join(directory.path, "job")]);
      const job = join(directory.path, "job");
      const script = scriptOf(system)
        .replaceAll("https://traces.example.com/acme/app", remote)
        .replaceAll("/tmp/policy.json", "$RUNNER_TEMP/policy.json");
      expect(script).toContain("agent-trace check");
      writeFileSync(
        join(directory.path, "agent-trace"),
        `#!/bin/sh\nexec '${compiledProgram()}' "$@"\n`,
        { mode: 0o755 },
      );
      const environment = {
        ...gitTestEnvironment,
        PATH: `${directory.path}:${process.env["PATH"]}`,
        HOME: directory.path,
        TRACES_TOKEN: token,
        RUNNER_TEMP: directory.path,
        GITHUB_STEP_SUMMARY: join(directory.path, "summary.md"),
        ...variables,
      };
      const run = () => startProgram(["bash", "-ec", script], { cwd: job, environment });
      const commit = (path: string) =>
        startProgram(
          ["sh", "-c", `mkdir -p src && echo line > ${path} && git add . && git commit -qm work`],
          { cwd: job, environment },
        );
      await commit("readme.md");
      expect((await run()).exitCode).toBe(0);
      await commit("src/a.ts");
      await Bun.$`rm -rf ${join(directory.path, ".agent-trace")} ${join(job, ".git/agent-trace-id")}`;
      expect((await run()).exitCode).toBe(1);
    },
  );
}

import { YAML } from "bun";
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cli } from "../support/cli.ts";
import { temporaryDirectory } from "../support/directories.ts";
import { gate } from "../support/gate.ts";
import { testService } from "../support/service.ts";

interface Container {
  readonly args: string[];
  readonly readinessProbe?: { httpGet: { path: string } };
}
interface Manifest {
  readonly kind: string;
  readonly spec: {
    readonly template?: { spec: { containers: Container[] } };
    readonly jobTemplate?: { spec: { template: { spec: { containers: Container[] } } } };
  };
}

const read = (name: string): string => readFileSync(join("deploy", name), "utf8");
const manifests = YAML.parse(read("kubernetes.yaml")) as Manifest[];
const compose = YAML.parse(read("compose.yaml")) as {
  services: Record<string, { command?: string[] }>;
  configs: { nginx: { content: string } };
};

/** The program's words of a container, without the program. */
function wordsOf({ spec }: Manifest): string[] {
  const pod = spec.template ?? spec.jobTemplate?.spec.template;
  return pod?.spec.containers[0]?.args.slice(1) ?? [];
}

describe("the files of deploy/", () => {
  test("start the service with a command line that it takes", async () => {
    using directory = temporaryDirectory();
    const [deployment] = manifests;
    const lines = [
      wordsOf(deployment as Manifest),
      (compose.services["service"]?.command ?? []).slice(1),
    ];
    for (const line of lines) {
      const words = line.map((word) => word.replace("/data", join(directory.path, "data")));
      const free = words.includes("--port")
        ? words.with(words.indexOf("--port") + 1, "0")
        : [...words, "--port", "0"];
      const environment = { AWS_ACCESS_KEY_ID: "k", AWS_SECRET_ACCESS_KEY: "a secret" };
      const outcome = await cli(free, {
        home: directory.path,
        environment,
        signal: AbortSignal.abort(),
      });
      expect(outcome).toMatchObject({ exitCode: 0 });
    }
  });

  test("collect by a command line that a service answers, and ask where it is ready", async () => {
    await using at = await testService();
    using directory = temporaryDirectory();
    const job = manifests.find(({ kind }) => kind === "CronJob") as Manifest;
    const words = wordsOf(job).map((word) => word.replace("http://agent-trace", at.url));
    const environment = { AGENT_TRACE_ADMIN_SECRET: "test-admin-secret" };
    expect(await cli(words, { home: directory.path, environment })).toMatchObject({ exitCode: 0 });
    const probe = manifests[0]?.spec.template?.spec.containers[0]?.readinessProbe?.httpGet.path;
    expect((await at.request(probe ?? "")).status).toBe(200);
  });

  test("draw figures that the service gives", async () => {
    await using at = await testService();
    const text = await (await at.request("/metrics", { admin: true })).text();
    await at.request("/health");
    const given = new Set(text.matchAll(/^# TYPE (\w+)/gm).map(([, name]) => name));
    const asked = new Set(
      read("grafana.json")
        .matchAll(/agent_trace_\w+/g)
        .map(([name]) => name.replace(/_bucket$/, "")),
    );
    expect([...asked].filter((name) => !given.has(name))).toEqual([]);
    expect((JSON.parse(read("grafana.json")) as { panels: unknown[] }).panels.length).toBe(10);
  });

  gate("have an nginx that nginx takes", { needs: ["nginx"] }, async () => {
    using directory = temporaryDirectory();
    const server = compose.configs.nginx.content.replaceAll("$$", "$");
    const path = join(directory.path, "nginx.conf");
    await Bun.write(
      path,
      `pid ${directory.path}/pid; error_log stderr; events {}\nhttp { access_log off; ${server} }`,
    );
    const { exitCode, stderr } = Bun.spawnSync(["nginx", "-e", "stderr", "-t", "-c", path]);
    expect({ exitCode, told: exitCode === 0 ? "" : stderr.toString() }).toEqual({
      exitCode: 0,
      told: "",
    });
  });
});

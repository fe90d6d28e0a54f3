import { join } from "node:path";
import { sha256Hex } from "../../src/schema/digest.ts";
import { openTeamPages } from "../../src/workflows/team/open-team-pages.ts";
import { openPage } from "../support/browser.ts";
import { testService } from "../support/service.ts";

const week = 7 * 24 * 60 * 60 * 1000;
const now = Date.UTC(2026, 4, 20, 15);
const agents = [
  ["claude-code", "anthropic/claude-sonnet-4-5", 5],
  ["codex", "openai/gpt-5-codex", 3],
  ["cursor", "anthropic/claude-sonnet-4-5", 2],
] as const;
const files = [
  "src/parser.ts",
  "src/server/routes.ts",
  "src/report/sums.ts",
  "tests/parser.test.ts",
  "README.md",
];

/** Twelve weeks of a small team, always the same. */
async function fill(service: Awaited<ReturnType<typeof testService>>): Promise<string> {
  const { token } = await service.account("acme/parser");
  const post = async (path: string, items: readonly object[]): Promise<void> => {
    const body = JSON.stringify({ project_id: "parser", items });
    const answer = await service.request(`/api/v1/${path}`, { method: "POST", token, body });
    if (!answer.ok) throw new Error(await answer.text());
  };
  const time = (at: number): string => new Date(at).toISOString();
  const traces: object[] = [];
  const ledgers: object[] = [];
  const commits: object[] = [];
  let seed = 7;
  const random = (most: number): number => (seed = (seed * 48_271) % 2_147_483_647) % most;
  for (let n = 0; n < 132; n++) {
    const at = now - 12 * week + week / 3 + Math.floor((n / 132) * 11.6 * week);
    const sha = sha256Hex(`commit ${n}`).slice(0, 40);
    const pick = random(12);
    const [agent, model] = agents[pick < 5 ? 0 : pick < 8 ? 1 : 2] ?? agents[0];
    const path = files[random(files.length)] ?? "";
    const added = 20 + random(160) + n;
    const ai = pick > 9 ? 0 : Math.floor(added * (0.35 + random(55) / 100));
    const parents = n === 0 ? [] : [sha256Hex(`commit ${n - 1}`).slice(0, 40)];
    commits.push({ commit_sha: sha, parents, committed_at: time(at), files: [{ path, added }] });
    if (ai === 0) continue;
    const conversation = sha256Hex(`conversation ${agent} ${n >> 3}`);
    const ranges = [{ start_line: 1, end_line: ai }];
    const contributor = { type: "ai", model_id: model };
    traces.push({
      id: `trace ${n}`,
      timestamp: time(at - 60_000),
      tool: { name: agent },
      files: [{ path, conversations: [{ id: conversation, contributor, ranges }] }],
    });
    const segment = {
      ...ranges[0],
      type: "ai",
      trace_id: `trace ${n}`,
      model_id: model,
      conversation_id: conversation,
    };
    ledgers.push({
      commit_sha: sha,
      committed_at: time(at),
      created_at: time(at + 2000),
      trace_ids: [`trace ${n}`],
      files: { [path]: { line_attributions: [segment] } },
    });
  }
  await post("sync/traces", traces);
  await post("sync/ledgers", ledgers);
  await post("commits", commits);
  return token;
}

/** The team's page, light and dark. */
export async function teamPictures(directory: string): Promise<void> {
  await using service = await testService({
    service: { pages: await openTeamPages(), now: () => now * 1000 },
  });
  const token = await fill(service);
  for (const colorScheme of ["light", "dark"] as const) {
    const viewport = { width: 1360, height: 720 };
    await using opened = await openPage(`${service.url}/`, { colorScheme, viewport });
    const { page } = opened;
    await page.locator("#secret").fill(token);
    await page.keyboard.press("Enter");
    await page.locator("table a").first().click();
    await page.locator(".columns").waitFor();
    await page.screenshot({ path: join(directory, `team-${colorScheme}.png`) });
  }
}

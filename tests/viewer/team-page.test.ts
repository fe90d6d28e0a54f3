import { afterAll, expect } from "bun:test";
import type { Page } from "playwright-core";
import { agentSession } from "../support/agent-session.ts";
import { browser, closeBrowser, openPage, violations, visit } from "../support/browser.ts";
import { gate } from "../support/gate.ts";
import { adminSecret } from "../support/service.ts";
import { teamScene } from "../support/team-scene.ts";
import { agent, calmScene, person, say, text } from "../support/viewer-scene.ts";

const needs = { needs: ["chromium"], timeout: 60_000 };

afterAll(closeBrowser);

async function logIn(page: Page, secret: string, shown = "table"): Promise<void> {
  await page.locator("#secret").fill(secret);
  await page.keyboard.press("Enter");
  await page.locator(shown).first().waitFor();
}

const scene = async () => teamScene(await calmScene());

gate(
  "every page of the team, light and dark, wide and narrow, is quiet, whole and free of axe's findings",
  needs,
  async () => {
    await using at = await scene();
    await at.service.records.setNamesPeople(at.account.orgId, true);
    for (const colorScheme of ["light", "dark"] as const) {
      await using opened = await openPage(`${at.service.url}/`, { colorScheme });
      const { page } = opened;
      const check = async (): Promise<void> => {
        for (const width of [1440, 360]) {
          await page.setViewportSize({ width, height: 800 });
          expect([page.url(), await violations(page)]).toEqual([page.url(), []]);
          const wide: number = await page.evaluate("document.documentElement.scrollWidth");
          expect([page.url(), wide]).toEqual([page.url(), width]);
        }
      };
      await page.locator("#secret").waitFor();
      await check();
      await logIn(page, at.account.token);
      await check();
      await visit(opened, "/project/app", ".empty");
      await visit(opened, "/project/app/weeks/all", ".columns");
      await check();
      await visit(opened, "/project/app/conversations", "table a");
      await check();
      await page.locator("table a").first().click();
      await page.locator("details.tool summary").first().click();
      await page.locator(".diff .added").first().waitFor();
      await check();
      await visit(opened, "/project/app/search/parser", "table");
      await check();
      await visit(opened, "/project/app/file/src%2Fparser.ts", ".page table");
      await page.getByRole("heading", { name: "src/parser.ts" }).waitFor();
      await check();
      await visit(opened, "/project/app/people", ".page table");
      await check();
      await page.locator(".log-out").click();
      await logIn(page, adminSecret);
      await check();
      expect([opened.errors, opened.foreign]).toEqual([[], []]);
    }
    expect(at.service.failures).toEqual([]);
  },
);

gate("the keyboard alone logs in, reads a conversation, searches and logs out", needs, async () => {
  await using at = await scene();
  await using opened = await openPage(`${at.service.url}/`);
  const { page } = opened;
  await page.locator("#secret").waitFor();
  const isOn = (selector: string): Promise<boolean> =>
    page.evaluate(`document.activeElement?.matches(${JSON.stringify(selector)})`);
  const tabTo = async (selector: string): Promise<void> => {
    for (let steps = 0; steps < 40 && !(await isOn(selector)); steps++) {
      await page.keyboard.press("Tab");
    }
    expect([selector, await isOn(selector)]).toEqual([selector, true]);
  };
  await page.locator("#secret:focus").waitFor();
  await page.keyboard.type(`at_${"B".repeat(43)}`);
  await page.keyboard.press("Enter");
  await page.locator("[role=alert]").waitFor();
  expect(await isOn("#secret")).toBe(true);
  await page.keyboard.press("Control+A");
  await page.keyboard.type(at.account.token);
  await page.keyboard.press("Enter");
  await page.locator("table a").first().waitFor();
  await tabTo("table a");
  await page.keyboard.press("Enter");
  await tabTo('.top nav a[href$="/conversations"]');
  await page.keyboard.press("Enter");
  await page.locator("table a").first().waitFor();
  await tabTo("table a");
  await page.keyboard.press("Enter");
  await page.locator(".turn").first().waitFor();
  await page.keyboard.press("/");
  await page.locator(".ask input:focus").waitFor();
  await page.keyboard.type("blank lines");
  await page.keyboard.press("Enter");
  await page.locator("table a").first().waitFor();
  await tabTo(".log-out");
  await page.keyboard.press("Enter");
  await page.locator("#secret").waitFor();
  expect(opened.errors.filter((error) => !error.includes("401"))).toEqual([]);
});

gate(
  "the token stands in no storage, no address, no log, and a reload stays logged in",
  needs,
  async () => {
    await using at = await scene();
    await using opened = await openPage(`${at.service.url}/`);
    const { page } = opened;
    await logIn(page, at.account.token);
    await page.reload();
    await page.locator("table a").first().waitFor();
    const kept: string = await page.evaluate(
      "JSON.stringify([localStorage, sessionStorage, document.cookie, location.href, document.documentElement.outerHTML, history.state])",
    );
    expect(kept).not.toContain(at.account.token.slice(3));
    // The key that the browser keeps is not to be read by a script either.
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({
      httpOnly: true,
      sameSite: "Strict",
      path: "/team",
      expires: -1,
    });
    expect(kept).not.toContain(cookie?.value ?? "-");
    expect(JSON.stringify(at.service.log)).not.toContain(at.account.token.slice(3));
    await page.locator(".log-out").click();
    await page.locator("#secret").waitFor();
    expect(await page.context().cookies()).toEqual([]);
    await page.goBack();
    await page.locator("#secret").waitFor();
  },
);

gate("a session that ends while a page is open leads back to the log-in", needs, async () => {
  await using at = await scene();
  await using opened = await openPage(`${at.service.url}/`);
  const { page } = opened;
  await logIn(page, at.account.token);
  await at.service.request(`/api/v1/tokens/${at.account.tokenId}`, {
    method: "DELETE",
    admin: true,
  });
  await page.evaluate("location.hash = '#/project/app/conversations'");
  await page.locator("#secret").waitFor();
});

gate(
  "behind a proxy that takes a prefix off, the page works and its cookie stays below the prefix",
  needs,
  async () => {
    await using at = await scene();
    const proxy = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      async fetch(request) {
        const { pathname, search } = new URL(request.url);
        const rest = /^\/at\/[^/]+\/[^/]+(\/.*)$/.exec(pathname)?.[1];
        if (rest === undefined) return new Response("not ours", { status: 404 });
        const headers = new Headers(request.headers);
        headers.set("X-Forwarded-Proto", "http");
        const body = request.body === null ? {} : { body: await request.arrayBuffer() };
        const answer = await fetch(`${at.service.url}${rest}${search}`, {
          method: request.method,
          headers,
          ...body,
          decompress: false,
        });
        return new Response(answer.body, answer);
      },
    });
    try {
      await using opened = await openPage(`http://127.0.0.1:${proxy.port}/at/acme/app/`);
      const { page } = opened;
      await logIn(page, at.account.token);
      await visit(opened, "/project/app/weeks/all", ".columns");
      await visit(opened, "/project/app/conversations", "table a");
      const [cookie] = await page.context().cookies();
      expect(cookie?.path).toBe("/at/acme/app/team");
      const download = page.waitForEvent("download");
      await page.locator(".downloads a").last().click();
      expect((await download).suggestedFilename()).toBe("conversations.csv");
      await page.locator(".log-out").click();
      await page.locator("#secret").waitFor();
      expect([opened.errors, opened.foreign]).toEqual([[], []]);
    } finally {
      await proxy.stop(true);
    }
  },
);

const attack = '<img src=x onerror="window.ran=1"><script>window.ran=1</script>';

gate(
  "nothing of a hostile name or transcript that was pushed runs or is fetched, and all of it is readable",
  needs,
  async () => {
    const session = await agentSession();
    say(
      session,
      person(`${attack} \u202Eevil ![p](http://192.0.2.1/p.png) [go](javascript:window.ran=1)`),
      agent(text(`<b>bold</b>\n\n\`\`\`\n${attack}\n\`\`\``), {
        type: "tool_use",
        id: "t1",
        name: attack,
        input: { command: attack },
      }),
      {
        type: "user",
        message: {
          content: [
            { type: "tool_result", tool_use_id: "t1", content: `\u001b[31mred\u001b[0m ${attack}` },
          ],
        },
      },
      agent(text("x".repeat(3 * 1024 * 1024))),
    );
    const name = `${attack.replaceAll("/", "")}\u202E.ts`;
    await session.write(name, `${attack}\n`);
    await session.commit(attack);
    await using at = await teamScene(session);
    // Whoever may push may say anything: an agent's name, a model, a summary.
    const trace = {
      id: "evil",
      timestamp: "2026-02-10T12:00:00Z",
      tool: { name: attack },
      files: [
        {
          path: attack,
          conversations: [
            { id: "e".repeat(64), contributor: { type: "ai", model_id: attack }, ranges: [] },
          ],
        },
      ],
    };
    const { token } = at.account;
    const post = (resource: string, item: object) =>
      at.service.request(`/api/v1/sync/${resource}`, {
        method: "POST",
        token,
        body: JSON.stringify({ project_id: "app", items: [item] }),
      });
    await post("traces", trace);
    await post("summaries", {
      conversation_id: "e".repeat(64),
      created_at: "2026-02-10T12:00:00Z",
      summary: attack,
    });
    await using opened = await openPage(`${at.service.url}/`);
    const { page } = opened;
    await logIn(page, token);
    await visit(opened, "/project/app/weeks/all", ".columns");
    expect(await page.locator("main").innerText()).toContain(name.replace("\u202E", "U+202E"));
    await visit(opened, "/project/app/conversations", "table a");
    expect(await page.locator("main").innerText()).toContain(attack);
    await page.locator("table a").first().click();
    await page.locator("details.tool summary").click();
    await page.locator(".ansi-red").waitFor();
    expect(await page.locator(".turn").first().innerText()).toContain(
      "U+202Eevil ![p](http://192.0.2.1/p.png)",
    );
    expect(await page.locator(".turn img, .turn script, .turn b").count()).toBe(0);
    expect(await page.locator('a[href^="javascript"]').count()).toBe(0);
    await visit(opened, `/project/app/search/${encodeURIComponent("<img")}`, "table");
    expect(await page.evaluate("window.ran")).toBeUndefined();
    expect([opened.errors, opened.foreign]).toEqual([[], []]);
    // Should it get into the page all the same, the policy lets nothing of it run.
    const put = `document.body.innerHTML = ${JSON.stringify(attack)}`;
    await expect(page.evaluate(put)).rejects.toThrow("TrustedHTML");
    const control = await (await browser()).newPage();
    await control.setContent("<p></p>");
    await control.evaluate(put);
    await control.waitForFunction("window.ran === 1");
    await control.close();
  },
);

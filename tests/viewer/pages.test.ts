import { afterAll, expect } from "bun:test";
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { agentSession } from "../support/agent-session.ts";
import { browser, closeBrowser, openPage, violations, visit } from "../support/browser.ts";
import { gate } from "../support/gate.ts";
import { compiledProgram } from "../support/program.ts";
import { agent, calmScene, person, say, startViewerOf, text } from "../support/viewer-scene.ts";

const needs = { needs: ["chromium"], timeout: 60_000 };

afterAll(closeBrowser);

gate(
  "every page, light and dark, wide and narrow, is quiet, whole and free of axe's findings",
  needs,
  async () => {
    await using scene = await startViewerOf(await calmScene());
    let storageState;
    for (const colorScheme of ["light", "dark"] as const) {
      await using opened = await openPage(storageState === undefined ? scene.url : scene.origin, {
        colorScheme,
        ...(storageState === undefined ? {} : { storageState }),
      });
      storageState ??= await opened.page.context().storageState();
      const { page } = opened;
      for (const width of [1440, 360]) {
        await page.setViewportSize({ width, height: 800 });
        const check = async (): Promise<void> => {
          expect(await violations(page)).toEqual([]);
          const wide: number = await page.evaluate("document.documentElement.scrollWidth");
          expect(wide).toBe(width);
        };
        await visit(opened, "/", ".tree a");
        await check();
        await visit(opened, "/file/src/parser.ts", ".line.ai");
        await check();
        await page.locator("#line-3").click();
        await page.locator(".drawer dd").nth(3).waitFor();
        await check();
        await visit(opened, "/sessions", "table a");
        await check();
        await page.locator("table a").first().click();
        await page.locator("details.tool summary").first().click();
        await page.locator(".diff .added").first().waitFor();
        await check();
        await visit(opened, "/range/", ".tile");
        await check();
        await visit(opened, "/search/parser", ".hits a");
        await check();
        await visit(opened, "/health", ".findings li");
        await check();
      }
      expect([opened.errors, opened.foreign]).toEqual([[], []]);
    }
  },
);

gate("the sums of a range are those of `report`", needs, async () => {
  await using scene = await startViewerOf(await calmScene());
  const { lines } = await scene.session.json<{ lines: Record<string, number> }>(["report"]);
  await using opened = await openPage(scene.url);
  await visit(opened, "/range/", ".tile");
  const tiles = await opened.page.locator(".tile strong").allInnerTexts();
  expect(tiles.slice(0, 3).map((tile) => Number(tile.split(" ")[0]))).toEqual([
    lines["added"] ?? -1,
    lines["ai"] ?? -1,
    lines["unattributed"] ?? -1,
  ]);
});

gate(
  "the keyboard alone finds a file, walks its runs, asks why and comes back",
  needs,
  async () => {
    await using scene = await startViewerOf(await calmScene());
    await using opened = await openPage(scene.url);
    const { page } = opened;
    await page.locator(".tree a").first().waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("pars");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.locator(".line.ai").first().waitFor();
    const isOn = (selector: string): Promise<boolean> =>
      page.evaluate(`document.activeElement?.matches(${JSON.stringify(selector)})`);
    for (let steps = 0; steps < 20 && !(await isOn(".grid")); steps++)
      await page.keyboard.press("Tab");
    for (const key of ["j", "j", "k", "]"]) await page.keyboard.press(key);
    const current = await page.locator(".line.current").getAttribute("id");
    await page.keyboard.press("Enter");
    await page.locator(".drawer dd").first().waitFor();
    expect(await isOn("#why")).toBe(true);
    await page.keyboard.press("Escape");
    await page.locator(".drawer").waitFor({ state: "detached" });
    await page.waitForFunction("document.activeElement.matches('.grid')");
    expect(current).toBe("line-14");
  },
);

const attack = '<img src=x onerror="window.ran=1"><script>window.ran=1</script>';

gate(
  "nothing of a hostile name, file or transcript runs or is fetched, and all of it is readable",
  needs,
  async () => {
    const session = await agentSession();
    const name = `${attack.replaceAll("/", "")}.ts`;
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
            {
              type: "tool_result",
              tool_use_id: "t1",
              content: `\u001b[31mred\u001b[0m\u001b]0;title\u0007 ${attack}`,
            },
          ],
        },
      },
      agent(text("x".repeat(3 * 1024 * 1024))),
    );
    appendFileSync(session.transcript, '{"type":"user","message":{"role":"us\n\u0000\u0000\n');
    await session.write(name, `${attack}\n\u202E// hidden\n${"y".repeat(100_000)}\n`);
    await session.commit(attack);
    await using scene = await startViewerOf(session);
    await using opened = await openPage(scene.url);
    const { page } = opened;
    await visit(opened, `/file/${encodeURIComponent(name)}`, ".line.ai");
    expect(await page.locator("h1").innerText()).toBe(name);
    expect(await page.locator("#line-1 .text").innerText()).toBe(attack);
    expect(await page.locator("#line-2 .text").innerText()).toBe("U+202E// hidden");
    await page.locator("#line-1").click();
    await page.locator(".drawer blockquote, .drawer dd").first().waitFor();
    await visit(opened, "/sessions", "table a");
    await page.locator("table a").first().click();
    await page.locator("details.tool summary").click();
    await page.locator(".ansi-red").waitFor();
    expect(await page.locator(".turn").first().innerText()).toContain(
      "U+202Eevil ![p](http://192.0.2.1/p.png)",
    );
    expect(await page.locator(".turn img, .turn script, .turn b").count()).toBe(0);
    expect(await page.locator('a[href^="javascript"]').count()).toBe(0);
    await visit(opened, "/range/", "tbody tr");
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

gate("the compiled program brings its pages", {}, async () => {
  await using scene = await startViewerOf(await calmScene(), { program: [compiledProgram()] });
  const opened = await fetch(scene.url, { redirect: "manual" });
  const Cookie = (opened.headers.get("Set-Cookie") ?? "").split(";")[0] ?? "";
  const page = await fetch(scene.origin, { headers: { Cookie } });
  expect([page.status, await page.text()]).toEqual([
    200,
    expect.stringMatching(/<style>.+<script>/s),
  ]);
  const file = await fetch(`${scene.origin}/api/file?path=src/parser.ts`, { headers: { Cookie } });
  const { aiLines, tokens } = (await file.json()) as { aiLines: number; tokens: number[][] };
  expect([aiLines, tokens[0]?.slice(0, 2)]).toEqual([18, [1, 6]]);
});

gate(
  "a secret of a conversation is masked on its page, in its outputs and in an exported page",
  {},
  async () => {
    using session = await agentSession();
    const secret = `AKIA${"Q7RT2ZLMN4XWPV6K"}`;
    say(
      session,
      person(`use ${secret}`),
      agent({ type: "tool_use", id: "t1", name: "Bash", input: { command: `echo ${secret}` } }),
      {
        type: "user",
        message: { content: [{ type: "tool_result", tool_use_id: "t1", content: secret }] },
      },
    );
    await session.write("a.ts", "one\n");
    const file = join(session.home, "out.html");
    const { attributions } = await session.json<{ attributions: { conversation_id: string }[] }>([
      "blame",
      "a.ts",
    ]);
    const id = attributions[0]?.conversation_id ?? "";
    expect((await session.run(["viewer", id, "--export", file])).stderr).toBe("");
    const page = readFileSync(file, "utf8");
    expect([page.includes(secret), page.match(/\[redacted:/g)?.length]).toEqual([false, 4]);
  },
);

gate("a page shows what is recorded while it is open", needs, async () => {
  await using scene = await startViewerOf(await calmScene());
  await using opened = await openPage(scene.url);
  await visit(opened, "/file/src/main.ts", ".line");
  await opened.page.locator(".live:not(.off)").waitFor();
  expect(await opened.page.locator(".line.ai").count()).toBe(0);
  await scene.session.edit("src/main.ts", "console.log", "console.error");
  await opened.page.locator(".line.ai.uncommitted").first().waitFor();
});

gate("an exported page needs no viewer and asks nothing", needs, async () => {
  using session = await calmScene();
  const file = join(session.home, "out.html");
  expect((await session.run(["viewer", "src/parser.ts", "--export", file])).exitCode).toBe(0);
  await using opened = await openPage(`file://${file}`);
  const { page } = opened;
  await page.locator(".line.ai").first().waitFor();
  await page.locator("#line-3").click();
  await page.locator(".drawer dd").nth(3).waitFor();
  expect(opened.errors).toEqual([]);
  const [first] = (
    await session.json<{ attributions: { conversation_id: string }[] }>(["blame", "src/parser.ts"])
  ).attributions;
  await session.run(["viewer", first?.conversation_id ?? "", "--export", file]);
  await page.goto(`file://${file}`);
  await page.reload();
  await page.locator("details.tool summary").first().click();
  await page.locator(".diff .added").first().waitFor();
  expect([opened.errors, opened.foreign]).toEqual([[], []]);
});

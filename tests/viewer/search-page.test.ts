import { afterAll, expect } from "bun:test";
import { closeBrowser, openPage } from "../support/browser.ts";
import { gate } from "../support/gate.ts";
import { agent, calmScene, person, say, startViewerOf, text } from "../support/viewer-scene.ts";

const needs = { needs: ["chromium"], timeout: 60_000 };
const attack = '<img src=x onerror="window.ran=1"><script>window.ran=1</script>';

afterAll(closeBrowser);

gate("words that are typed lead to the turn in which they were said", needs, async () => {
  const session = await calmScene();
  for (let turn = 0; turn < 60; turn++)
    say(session, person(`ask ${turn}`), agent(text(`say ${turn}`)));
  say(session, person(`a needle \u202E ${attack}`), agent(text("found")));
  await session.write("src/more.ts", "more\n");
  await using scene = await startViewerOf(session);
  await using opened = await openPage(scene.url);
  const { page } = opened;
  await page.locator('nav a:text-is("Search")').click();
  await page.locator('input[name="text"]').fill("needle");
  await page.keyboard.press("Enter");
  await page.locator(".hits a").waitFor();
  expect(await page.locator(".hits a").allInnerTexts()).toEqual([`a needle U+202E ${attack}`]);
  expect(await page.locator(".hits .quiet").innerText()).toStartWith("said to claude-code");
  await page.locator(".hits a").click();
  await page.waitForURL(/#.conversation/);
  const turn = page.locator(`#turn-${page.url().split("/").at(-1)}`);
  await turn.waitFor();
  expect(await turn.innerText()).toContain("a needle");
  await page.goBack();
  await page.locator('select[name="agent"]').selectOption("claude-code");
  await page.locator('input[name="since"]').fill("2999-01-01");
  await page.locator('button:text-is("Search")').click();
  await page.locator('p.empty:text("Nothing was said")').waitFor();
  expect(await page.evaluate("window.ran")).toBeUndefined();
  expect([opened.errors, opened.foreign]).toEqual([[], []]);
});

gate("a search page shows more when asked, and refuses a date that is none", needs, async () => {
  const session = await calmScene();
  for (let turn = 0; turn < 120; turn++) say(session, person(`needle ${turn}`));
  await session.write("src/more.ts", "more\n");
  await using scene = await startViewerOf(session);
  await using opened = await openPage(scene.url);
  const { page } = opened;
  await page.evaluate("location.hash = '/search/needle'");
  await page.locator(".hits li").nth(99).waitFor();
  expect(await page.locator(".hits li").count()).toBe(100);
  await page.locator('button:text-is("Show more")').click();
  await page.locator(".hits li").nth(119).waitFor();
  await page.evaluate("location.hash = '/search/needle//yesterday/'");
  await page.locator('[role="alert"]').waitFor();
  expect(await page.locator('[role="alert"]').innerText()).toContain("the date is none");
});

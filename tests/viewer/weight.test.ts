import { afterAll, expect } from "bun:test";
import { closeBrowser, openPage, visit } from "../support/browser.ts";
import { gate } from "../support/gate.ts";
import { largeFile, longConversation, longestFrame } from "../support/large-pages.ts";
import { person, say, startViewerOf } from "../support/viewer-scene.ts";

const needs = { needs: ["chromium"], timeout: 60_000 };

afterAll(closeBrowser);

gate("twenty thousand lines are a hundred elements, and the page is light", needs, async () => {
  await using scene = await startViewerOf(await largeFile());
  await using opened = await openPage(scene.url);
  const { page } = opened;
  const started = performance.now();
  await visit(opened, "/file/large.ts", ".line");
  const shown = performance.now() - started;
  await page.locator(".line.ai").first().waitFor();
  const known = performance.now() - started;
  const frames = await longestFrame(page, ".grid");
  // What a step of scrolling costs: so many lines are drawn, however long the file is.
  expect(await page.locator(".line").count()).toBeLessThan(150);
  const html = await page.evaluate("fetch('/').then((answer) => answer.text())");
  const weight = Bun.gzipSync(new TextEncoder().encode(String(html))).length;
  expect(weight).toBeLessThan(60 * 1024);
  console.log(
    `page ${(weight / 1024).toFixed(1)} KiB gzipped; 20,000 lines: text after ${shown.toFixed(0)} ms, authors after ${known.toFixed(0)} ms; longest frame ${frames.toFixed(0)} ms`,
  );
});

gate("a file's text is there before anybody knows who wrote it", needs, async () => {
  await using scene = await startViewerOf(await largeFile());
  await using opened = await openPage(scene.url);
  const { page } = opened;
  // The answer that takes long never comes: the text is shown all the same.
  await page.route("**/api/file?**", () => {});
  await visit(opened, "/file/large.ts", ".line");
  expect(await page.locator("#line-2 .text").innerText()).toBe(
    'export const value1 = "1"; // a line',
  );
  expect(await page.locator(".head [role=status]").innerText()).toContain("20,000 lines");
});

gate(
  "the first screen of a long conversation does not wait for the rest of it",
  needs,
  async () => {
    const session = await longConversation(1300);
    await using scene = await startViewerOf(session);
    await using opened = await openPage(scene.url);
    const { page } = opened;
    await visit(opened, "/sessions", "table a");
    const parts: { read: number; bytes: number }[] = [];
    page.on("response", async (response) => {
      if (response.url().includes("/api/conversation?")) parts.push(await response.json());
    });
    const started = performance.now();
    await page.locator("table a").first().click();
    await page.locator(".turn").first().waitFor();
    const shown = performance.now() - started;
    await page.locator("#turn-2599").waitFor({ state: "attached" });
    const whole = performance.now() - started;
    const frames = await longestFrame(page, "main");
    expect(parts[0]?.bytes).toBeGreaterThan(3_900_000);
    expect(parts[0]?.read).toBeLessThan(512 * 1024);
    expect(await page.locator(".turn").count()).toBe(2600);
    console.log(
      `${((parts[0]?.bytes ?? 0) / 1e6).toFixed(1)} MB of a conversation: first screen after ${shown.toFixed(0)} ms, all after ${whole.toFixed(0)} ms; longest frame ${frames.toFixed(0)} ms`,
    );
    // What is said meanwhile comes behind it.
    say(session, person("One more thing"));
    await session.write("c.ts", "three\n");
    await page.locator("#turn-2600").waitFor({ state: "attached" });
    expect(await page.locator("#turn-2600").textContent()).toContain("One more thing");
  },
);

import { existsSync, readFileSync } from "node:fs";
import { type Browser, type BrowserContextOptions, type Page, chromium } from "playwright-core";

const executablePath = "/usr/bin/chromium";

/** Why tests in a browser cannot run here. */
export const withoutBrowser = existsSync(executablePath) ? undefined : "no chromium";

let launching: Promise<Browser> | undefined;

/** The system's Chromium, started once for all tests of a process. */
export function browser(): Promise<Browser> {
  launching ??= chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"],
  });
  return launching;
}

export async function closeBrowser(): Promise<void> {
  await (await launching)?.close();
  launching = undefined;
}

export interface TestPage extends AsyncDisposable {
  readonly page: Page;
  /** Errors of scripts and of the policy, in order. */
  readonly errors: string[];
  /** Addresses that were asked for outside of the page's own origin. */
  readonly foreign: string[];
}

/** A page of a browser profile of its own. */
export async function openPage(
  url: string,
  options: BrowserContextOptions = {},
): Promise<TestPage> {
  const context = await (await browser()).newContext(options);
  const page = await context.newPage();
  const errors: string[] = [];
  const foreign: string[] = [];
  const own = url.startsWith("file:") ? url : new URL(url).origin;
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  page.on("request", (request) => {
    const asked = request.url();
    if (!asked.startsWith(own) && !asked.startsWith("data:")) foreign.push(asked);
  });
  await page.goto(url);
  return {
    page,
    errors,
    foreign,
    async [Symbol.asyncDispose]() {
      await context.close();
    },
  };
}

const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/** What is wrong for people who use no mouse or no eyes, by rule and place. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return await page.evaluate(`axe.run().then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => id + " " + target)))`);
}

/** Goes to a place within the page and waits for what it must show. */
export async function visit({ page }: TestPage, hash: string, shown: string): Promise<void> {
  await page.evaluate((to) => Reflect.set(Reflect.get(globalThis, "location"), "hash", to), hash);
  await page.locator(shown).first().waitFor();
}

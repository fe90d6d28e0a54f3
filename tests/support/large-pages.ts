import type { Page } from "playwright-core";
import { type AgentSession, agentSession } from "./agent-session.ts";
import { agent, person, say, text } from "./viewer-scene.ts";

const framesScrolled = 60;

/** The longest frame while something is scrolled, in milliseconds. Told by tests, and judged by the benchmark alone. */
export async function longestFrame(page: Page, selector: string): Promise<number> {
  return await page.evaluate(`new Promise((done) => {
    const box = document.querySelector(${JSON.stringify(selector)});
    let last = performance.now(), longest = 0, left = ${framesScrolled};
    const step = (now) => {
      longest = Math.max(longest, now - last);
      last = now;
      box.scrollTop += 5000;
      if (left-- > 0) requestAnimationFrame(step);
      else done(longest);
    };
    requestAnimationFrame(step);
  })`);
}

/** What a frame of scrolling costs the page's own thread on the average, in milliseconds of its processor. */
export async function workOfFrame(page: Page, selector: string): Promise<number> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  const spent = async (): Promise<number> => {
    const { metrics } = await devtools.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN;
  };
  const before = await spent();
  await longestFrame(page, selector);
  return (((await spent()) - before) / framesScrolled) * 1000;
}

/** A repository with a file of 20,000 lines that an agent wrote. */
export async function largeFile(): Promise<AgentSession> {
  const session = await agentSession();
  const lines = Array.from(
    { length: 20_000 },
    (_, at) => `export const value${at} = "${at}"; // a line`,
  );
  await session.write("large.ts", `${lines.join("\n")}\n`);
  await session.commit();
  return session;
}

/** A session in which so many prompts were answered; 1,300 make more than four megabytes. */
export async function longConversation(prompts: number): Promise<AgentSession> {
  const session = await agentSession();
  await session.write("a.ts", "one\n");
  const records = Array.from({ length: prompts }, (_, at) => [
    person(`Step ${at}: ${"go on ".repeat(20)}`),
    agent(text("Some words on it. ".repeat(160))),
  ]).flat();
  say(session, ...records);
  await session.write("b.ts", "two\n");
  return session;
}

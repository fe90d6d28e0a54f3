import type { AgentSession } from "../support/agent-session.ts";
import {
  type TestPage,
  closeBrowser,
  openPage,
  visit,
  withoutBrowser,
} from "../support/browser.ts";
import { largeFile, longConversation, longestFrame, workOfFrame } from "../support/large-pages.ts";
import { compiledProgram } from "../support/program.ts";
import { startViewerOf } from "../support/viewer-scene.ts";
import { percentile } from "./measure.ts";
import { type Figure, ms } from "./report.ts";

const rounds = 5;

interface Opened {
  /**
   * Milliseconds from the click to the first screen, to all of it, of the longest frame while it is scrolled, and of
   * the processor for a frame: on a machine that does much else a frame waits for its turn.
   */
  readonly first: number;
  readonly whole: number;
  readonly frame: number;
  readonly work: number;
}

interface Look {
  readonly hash: string;
  /** Clicked to open it; undefined: the place alone opens it. */
  readonly click?: string;
  readonly first: string;
  readonly whole: string;
  readonly scrolled: string;
}

/** Opens a page with a viewer that was just started, so that nothing of it was read before. */
async function open(session: AgentSession, look: Look): Promise<Opened> {
  const unended = { ...session, [Symbol.dispose]() {} };
  await using scene = await startViewerOf(unended, { program: [compiledProgram()] });
  await using opened: TestPage = await openPage(scene.url);
  const { page } = opened;
  await page.locator(".tree a, .top a").first().waitFor();
  if (look.click !== undefined) await visit(opened, look.hash, look.click);
  const started = performance.now();
  if (look.click === undefined) await visit(opened, look.hash, look.first);
  else await page.locator(look.click).first().click();
  await page.locator(look.first).first().waitFor();
  const first = performance.now() - started;
  await page.locator(look.whole).first().waitFor({ state: "attached" });
  const whole = performance.now() - started;
  const frame = await longestFrame(page, look.scrolled);
  await page.evaluate(`document.querySelector("${look.scrolled}").scrollTop = 0`);
  return { first, whole, frame, work: await workOfFrame(page, look.scrolled) };
}

/** The middle of some rounds, with those of a page that is as good as empty in turn. */
async function measure(
  session: AgentSession,
  small: AgentSession,
  looks: readonly [Look, Look],
): Promise<{ large: Opened; floor: Opened }> {
  const all: Opened[][] = [[], []];
  for (let round = 0; round < rounds; round++) {
    all[0]?.push(await open(session, looks[0]));
    all[1]?.push(await open(small, looks[1]));
  }
  const middle = (of: readonly Opened[] = []): Opened => {
    const sorted = (key: keyof Opened): number =>
      percentile(
        of.map((one) => one[key]).toSorted((a, b) => a - b),
        0.5,
      );
    return {
      first: sorted("first"),
      whole: sorted("whole"),
      frame: sorted("frame"),
      work: sorted("work"),
    };
  };
  return { large: middle(all[0]), floor: middle(all[1]) };
}

/** The viewer's pages in Chromium, each opened for the first time. */
export async function measurePages(): Promise<Figure[]> {
  if (withoutBrowser !== undefined) throw new Error("this suite needs Debian's chromium");
  const [long, short] = [await longConversation(1300), await longConversation(3)];
  const conversation = { hash: "/sessions", click: "table a", first: ".turn", scrolled: "main" };
  const talk = await measure(long, short, [
    { ...conversation, whole: "#turn-2599" },
    { ...conversation, whole: "#turn-5" },
  ]);
  const file = await largeFile();
  const lines = { first: ".line", whole: ".line.ai", scrolled: ".grid" };
  const code = await measure(file, short, [
    { ...lines, hash: "/file/large.ts" },
    { ...lines, hash: "/file/a.ts", whole: ".line" },
  ]);
  for (const session of [long, short, file]) session[Symbol.dispose]();
  await closeBrowser();
  const figure = (
    name: string,
    [measured, floor]: readonly [number, number],
    goal?: number,
  ): Figure => ({
    name,
    measured: ms(measured),
    floor: ms(floor),
    ...(goal === undefined ? {} : { goal: `≤ ${goal} ms`, met: measured <= goal }),
  });
  return [
    figure("4.4 MB of a conversation, first screen", [talk.large.first, talk.floor.first], 300),
    figure("all of it", [talk.large.whole, talk.floor.whole]),
    figure("a frame while it is scrolled, processor", [talk.large.work, talk.floor.work], 50),
    figure("the longest such frame", [talk.large.frame, talk.floor.frame]),
    figure("20,000 lines, their text", [code.large.first, code.floor.first], 300),
    figure("who wrote them", [code.large.whole, code.floor.whole]),
    figure("a frame while they are scrolled, processor", [code.large.work, code.floor.work], 50),
    figure("the longest such frame", [code.large.frame, code.floor.frame]),
  ];
}

import type { ProjectPaths } from "../../store/files/paths.ts";

/**
 * Does work that waits for others, and fills the index of words in the pauses. Filling takes at most half of the time,
 * ends with the work, and never fails it. The module is loaded here, so that nothing else pays for it.
 */
export async function fillMeanwhile<T>(project: ProjectPaths, work: () => Promise<T>): Promise<T> {
  const over = new AbortController();
  const filling = fill(project, over.signal).catch(() => {});
  try {
    return await work();
  } finally {
    over.abort();
    await filling;
  }
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resume) => setTimeout(resume, milliseconds));

async function fill(project: ProjectPaths, signal: AbortSignal): Promise<void> {
  await pause(0);
  const { SearchIndex } = await import("../../store/search/search-index.ts");
  const { fillSearch, forgetGone } = await import("./fill-search.ts");
  using index = new SearchIndex(project);
  if (!index.isKept) return;
  const steps = fillSearch(project, index);
  try {
    while (!signal.aborted) {
      const started = performance.now();
      if (steps.next().done === true) break;
      await pause(performance.now() - started);
    }
  } finally {
    steps.return(undefined);
  }
  await ended(signal);
  // A pull takes away what was purged; its words must not stay behind.
  forgetGone(project, index);
}

function ended(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resume) => signal.addEventListener("abort", () => resume(), { once: true }));
}

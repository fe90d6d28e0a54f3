/** The page's own code: it asks the viewer, and builds elements of the answers, never mark-up. */
import { signal } from "@preact/signals";

interface Embedded {
  readonly start: string;
  readonly answers: Readonly<Record<string, unknown>>;
}

function readEmbedded(): Embedded | undefined {
  const text = document.getElementById("embedded")?.textContent;
  return text === undefined || text === null ? undefined : (JSON.parse(text) as Embedded);
}

/** What an exported page brings along; undefined where a viewer can be asked. */
export const embedded = readEmbedded();

/** Counts what was recorded since the page was opened; whoever shows answers asks anew. */
export const changes = signal(0);
export const isLive = signal(false);

export class Refusal extends Error {
  readonly hint: string | undefined;
  constructor(message: string, hint: string | undefined) {
    super(message);
    this.hint = hint;
  }
}

/** The answer of an address such as `/api/file?path=a`; throws `Refusal`. */
export async function ask<Answer>(address: string): Promise<Answer> {
  if (embedded !== undefined) {
    if (Object.hasOwn(embedded.answers, address)) return embedded.answers[address] as Answer;
    throw new Refusal("this exported page does not hold that", "open it with `agent-trace viewer`");
  }
  let response: Response;
  try {
    response = await fetch(address);
  } catch {
    throw new Refusal("the viewer has ended", "start it again with `agent-trace viewer`");
  }
  const answer = (await response.json()) as { error?: string; hint?: string | null };
  if (response.ok) return answer as Answer;
  throw new Refusal(answer.error ?? `refused (${response.status})`, answer.hint ?? undefined);
}

/** Listens for what is recorded while the page is open. */
export function listen(): void {
  if (embedded !== undefined) return;
  const events = new EventSource("/api/events");
  events.addEventListener("open", () => (isLive.value = true));
  events.addEventListener("error", () => (isLive.value = false));
  events.addEventListener("changed", () => changes.value++);
}

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

/** Whether this is a service's page for its team, and not a repository's. */
export const isTeam = document.getElementById("app")?.dataset["page"] === "team";

/** Counts the answers that said that nobody is logged in any more. */
export const loggedOut = signal(0);

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

const gone = isTeam
  ? { message: "the service does not answer", hint: "try again in a moment" }
  : { message: "the viewer has ended", hint: "start it again with `agent-trace viewer`" };

/** The answer of an address such as `/api/file?path=a`; throws `Refusal`. */
export async function ask<Answer>(address: string, init: RequestInit = {}): Promise<Answer> {
  if (embedded !== undefined) {
    if (Object.hasOwn(embedded.answers, address)) return embedded.answers[address] as Answer;
    throw new Refusal("this exported page does not hold that", "open it with `agent-trace viewer`");
  }
  let response: Response;
  try {
    response = await fetch(address, init);
  } catch {
    throw new Refusal(gone.message, gone.hint);
  }
  // A proxy between us may answer with anything.
  const answer = (await response.json().catch(() => ({}))) as {
    error?: string;
    hint?: string | null;
    code?: string;
  };
  if (response.ok) return answer as Answer;
  if (answer.code === "not_logged_in") loggedOut.value++;
  throw new Refusal(answer.error ?? `refused (${response.status})`, answer.hint ?? undefined);
}

/** Listens for what is recorded while the page is open. */
export function listen(): void {
  if (embedded !== undefined || isTeam) return;
  const events = new EventSource("/api/events");
  events.addEventListener("open", () => (isLive.value = true));
  events.addEventListener("error", () => (isLive.value = false));
  events.addEventListener("changed", () => changes.value++);
}

import { type Resource, wireName } from "../schema/resource.ts";
import type { BatchAnswer, Page, PassedRow, RefusedItem } from "../schema/wire.ts";
import type { Answer } from "./answer.ts";
import { type Body, jsonBody } from "./body.ts";
import { epochHeader } from "./capabilities.ts";
import { isCode, refusalOf } from "./refusal.ts";
import { Accident } from "./retry.ts";
import { type ServiceConnection, invalidAnswer, isUnknownPath } from "./service-connection.ts";
import { splitPage } from "./split-page.ts";

/** A page is held several times over: its bytes, its text, its rows and their values, and the page that comes next. */
const longestPage = 8 * 1024 * 1024;
/** More than a service gives, whatever it is asked for. */
const mostItems = 10_000;

/** The body of a batch, as it goes over the wire. */
export async function batchBody(
  { project, encoding }: ServiceConnection,
  items: readonly string[],
): Promise<Body> {
  const text = `{"project_id":${JSON.stringify(project)},"items":[\n${items.join(",\n")}\n]}`;
  return jsonBody(text, await encoding());
}

/** Rows of one project on a service: sent in batches, read page by page. */
export function createServiceRows(connection: ServiceConnection) {
  const { client, project } = connection;
  return {
    async sendBatch(
      resource: Resource,
      items: readonly string[],
    ): Promise<BatchAnswer | undefined> {
      const body = await batchBody(connection, items);
      const path = `/api/v1/sync/${wireName(resource)}`;
      return client.exchange({ method: "POST", path, body, read: readBatchAnswer });
    },

    fetchPage(resource: Resource, since: string | null, limit: number): Promise<Page | undefined> {
      return client.exchange({
        method: "GET",
        path: pagePath(resource, { project, since, limit }),
        async read(answer) {
          if (await isUnknownPath(answer)) return undefined;
          if (answer.status !== 200) throw await refusalOf(answer);
          const text = await answer.text(longestPage, mostItems);
          const page = splitPage(text);
          if (page === undefined) {
            throw new Accident(invalidAnswer(`${client.from} did not answer with a page of items`));
          }
          return {
            ...page,
            bytes: text.length,
            epoch: answer.headers.get(epochHeader) ?? undefined,
          };
        },
      });
    },

    passRow(resource: Resource, since: string | null): Promise<PassedRow> {
      return client.exchange({
        method: "GET",
        path: pagePath(resource, { project, since, limit: 1 }),
        async read(answer) {
          if (answer.status !== 200) throw await refusalOf(answer);
          return { ...(await readEnds(answer)), bytes: longestPage };
        },
      });
    },
  };
}

interface PageQuestion {
  readonly project: string;
  readonly since: string | null;
  readonly limit: number;
}

function pagePath(resource: Resource, { project, since, limit }: PageQuestion): string {
  const query = new URLSearchParams({ project_id: project, limit: String(limit) });
  if (since !== null) query.set("since", since);
  return `/api/v1/sync/${wireName(resource)}?${query.toString()}`;
}

/** Bytes at both ends of an answer in which a row's id and its place are looked for. */
const endBytes = 4096;
/** What is read of one row at most before it is given up. */
const mostPassed = 1024 ** 3;

/** Reads an answer to its end and keeps its two ends alone. */
async function readEnds(answer: Answer): Promise<{ id: string | null; place: string | null }> {
  let head = "";
  let tail = "";
  let passed = 0;
  for await (const chunk of answer.stream()) {
    passed += chunk.length;
    if (passed > mostPassed) return { id: null, place: null };
    const text = Buffer.from(chunk).toString("latin1");
    if (head.length < endBytes) head += text.slice(0, endBytes - head.length);
    tail = (tail + text.slice(-endBytes)).slice(-endBytes);
  }
  const id = /"(?:id|commit_sha|conversation_id)"\s*:\s*"([\w:.-]{1,128})"/.exec(head)?.[1];
  const place = /"max_timestamp"\s*:\s*"([^"\\]{1,64})"\s*\}\s*$/.exec(tail)?.[1];
  return { id: id ?? null, place: place ?? null };
}

async function readBatchAnswer(answer: Answer): Promise<BatchAnswer | undefined> {
  if (await isUnknownPath(answer)) return undefined;
  if (answer.status !== 200 && answer.status !== 201) throw await refusalOf(answer);
  const value = await answer.json();
  const number = (name: string): number | undefined => {
    const figure = value[name];
    return typeof figure === "number" ? figure : undefined;
  };
  const count = number("count");
  // Anything may answer 200; only this means that the rows are stored.
  if (value["ok"] !== true && count === undefined) {
    throw new Accident(invalidAnswer(`${answer.from} did not acknowledge what was sent`));
  }
  return {
    count: count ?? 0,
    stored: number("stored"),
    duplicate: number("duplicate"),
    replaced: number("replaced"),
    refused: Array.isArray(value["refused"])
      ? value["refused"].flatMap((entry) => readRefused(entry, answer))
      : [],
    places: readPlaces(value),
    epoch: answer.headers.get(epochHeader) ?? undefined,
  };
}

/** Undefined from a service that does not say which places it gave out, or gave none. */
function readPlaces({ before, last }: Readonly<Record<string, unknown>>): BatchAnswer["places"] {
  if (typeof last !== "string" || (before !== null && typeof before !== "string")) return undefined;
  return { before, last };
}

/** One refused row. Its message is printed, so our own secrets are taken out of it. */
function readRefused(entry: unknown, answer: Answer): RefusedItem[] {
  if (typeof entry !== "object" || entry === null) return [];
  const { index, id, code, message } = entry as Readonly<Record<string, unknown>>;
  if (typeof index !== "number" || !Number.isInteger(index)) return [];
  return [
    {
      index,
      id: typeof id === "string" ? answer.redact(id) : null,
      code: typeof code === "string" && isCode(code, answer) ? code : "refused",
      message:
        typeof message === "string" ? answer.redact(message).slice(0, 500) : "it gave no reason",
    },
  ];
}

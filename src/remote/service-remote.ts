import { damagedSnapshot } from "../schema/conversation.ts";
import type { BlobId } from "../schema/ids.ts";
import { type Resource, wireName } from "../schema/resource.ts";
import type { BatchAnswer, Capabilities, Page, RefusedItem } from "../schema/wire.ts";
import { AppError } from "../errors.ts";
import { type Answer, parseObject } from "./answer.ts";
import { type Body, fileBody, jsonBody } from "./body.ts";
import { epochHeader, fetchCapabilities } from "./capabilities.ts";
import type { Client } from "./client.ts";
import { refusalOf } from "./refusal.ts";
import { Accident } from "./retry.ts";
import { splitPage } from "./split-page.ts";

export interface ServiceRemoteOptions {
  readonly name: string;
  readonly url: string;
  /** The project's slug: the wire's `project_id`. */
  readonly project: string;
  readonly client: Client;
  /** Measure what would be sent, and send nothing that changes the service. */
  readonly rehearse: boolean;
  /** For tests: compress although the service is near. */
  readonly compress?: boolean;
}

/** HEAD requests in flight where a service cannot be asked for many blobs at once. */
const headsAtOnce = 16;
const blobsAtOnce = 1000;
/** More than an answer to an upload can need. */
const mostNaming = 64 * 1024;

/** One project on one service, as push and pull need it; satisfies `SyncRemote` of `sync/ports.ts`. */
export function createServiceRemote(options: ServiceRemoteOptions) {
  const { client, project, rehearse } = options;
  let known: Promise<Capabilities> | undefined;
  let measured = 0;
  const capabilities = (): Promise<Capabilities> => (known ??= fetchCapabilities(client));
  const encoding = async (): Promise<"zstd" | "gzip" | undefined> =>
    (options.compress ?? client.distant) ? (await capabilities()).compression : undefined;

  async function sendBatch(
    resource: Resource,
    items: readonly string[],
  ): Promise<BatchAnswer | undefined> {
    const text = `{"project_id":${JSON.stringify(project)},"items":[\n${items.join(",\n")}\n]}`;
    const body = jsonBody(text, await encoding());
    if (rehearse) {
      measured += body.length ?? 0;
      const { epoch } = await capabilities();
      const nothing = { stored: undefined, duplicate: undefined, replaced: undefined };
      return { count: items.length, ...nothing, refused: [], epoch };
    }
    return client.exchange({
      method: "POST",
      path: `/api/v1/sync/${wireName(resource)}`,
      body,
      read: readBatchAnswer,
    });
  }

  async function fetchPage(
    resource: Resource,
    since: string | null,
    limit: number,
  ): Promise<Page | undefined> {
    const query = new URLSearchParams({ project_id: project, limit: String(limit) });
    if (since !== null) query.set("since", since);
    return client.exchange({
      method: "GET",
      path: `/api/v1/sync/${wireName(resource)}?${query.toString()}`,
      async read(answer) {
        if (await isUnknownPath(answer)) return undefined;
        if (answer.status !== 200) throw await refusalOf(answer);
        const page = splitPage(await answer.text());
        if (page === undefined) throw new Accident(noPage(client.from));
        return { ...page, epoch: answer.headers.get(epochHeader) ?? undefined };
      },
    });
  }

  /** HEAD answers 404 for a blob that is not there and for a service that has none: only an upload tells them apart. */
  const headBlob = (blob: BlobId): Promise<boolean> =>
    client.exchange({
      method: "HEAD",
      path: `/api/v1/blobs/${blob}`,
      async read(answer) {
        if (answer.status === 200) return true;
        if (answer.status === 404 || answer.status === 405) return false;
        throw await refusalOf(answer);
      },
    });

  async function missingBlobs(blobs: readonly BlobId[]): Promise<BlobId[] | undefined> {
    const missing: BlobId[] = [];
    const { blobsMissing } = await capabilities();
    const question = async (some: readonly BlobId[]): Promise<Body> =>
      jsonBody(JSON.stringify({ sha256: some }), await encoding());
    if (rehearse && blobsMissing) {
      for (let at = 0; at < blobs.length; at += blobsAtOnce) {
        measured += (await question(blobs.slice(at, at + blobsAtOnce))).length ?? 0;
      }
    }
    // A dry run asks one by one: it makes no POST, so that a service's log shows that it changed nothing.
    if (rehearse || !blobsMissing) {
      for (let at = 0; at < blobs.length; at += headsAtOnce) {
        const some = blobs.slice(at, at + headsAtOnce);
        const there = await Promise.all(some.map(headBlob));
        missing.push(...some.filter((_, index) => there[index] !== true));
      }
      return missing;
    }
    for (let at = 0; at < blobs.length; at += blobsAtOnce) {
      const some = blobs.slice(at, at + blobsAtOnce);
      const answered = await client.exchange({
        method: "POST",
        path: "/api/v1/blobs/missing",
        body: await question(some),
        async read(answer) {
          if (await isUnknownPath(answer)) return undefined;
          if (answer.status !== 200) throw await refusalOf(answer);
          return (await answer.json()).value;
        },
      });
      if (answered === undefined) return undefined;
      const named = answered["missing"];
      const lacking = new Set<unknown>(Array.isArray(named) ? named : some);
      missing.push(...some.filter((blob) => lacking.has(blob)));
    }
    return missing;
  }

  async function sendBlob(
    blob: BlobId,
    content: Blob,
    onBytes: (bytes: number) => void,
  ): Promise<"stored" | "unsupported"> {
    const body = fileBody(content, await encoding());
    if (rehearse) {
      measured += body.length ?? (await measure(body));
      onBytes(content.size);
      return "stored";
    }
    return client.exchange({
      method: "POST",
      path: "/api/v1/blobs",
      body,
      onBytes,
      async read(answer) {
        if (answer.status === 200 || answer.status === 201) {
          const named = parseObject(await answer.text(mostNaming))?.["sha256"];
          // It hashed what came: stored under another name, our rows would never find it.
          if (typeof named === "string" && named !== blob) throw damagedSnapshot();
          return "stored";
        }
        if (answer.status === 404 || answer.status === 405) {
          const refusal = await refusalOf(answer);
          if (refusal.code !== "project_not_found") return "unsupported";
          throw refusal;
        }
        throw await refusalOf(answer);
      },
    });
  }

  const fetchBlob = (
    blob: BlobId,
    save: (content: ReadableStream<Uint8Array>) => Promise<void>,
  ): Promise<"saved" | "missing"> =>
    client.exchange({
      method: "GET",
      path: `/api/v1/blobs/${blob}`,
      async read(answer) {
        if (answer.status === 404 || answer.status === 405) return "missing";
        if (answer.status !== 200) throw await refusalOf(answer);
        try {
          await save(answer.stream());
        } catch (error) {
          if (error instanceof AppError && error.label === "digest_mismatch") {
            throw new Accident(error);
          }
          throw error;
        }
        return "saved";
      },
    });

  return {
    name: options.name,
    url: options.url,
    capabilities,
    sendBatch,
    fetchPage,
    missingBlobs,
    sendBlob,
    fetchBlob,
    get bytesSent() {
      return rehearse ? measured : client.bytesSent;
    },
    get bytesReceived() {
      return client.bytesReceived;
    },
  };
}

/** How long a body gets that only its compression decides. */
async function measure(body: Body): Promise<number> {
  let failure: Error | undefined;
  let bytes = 0;
  const watch = {
    onBytes: (more: number): void => void (bytes += more),
    onFailure: (error: Error): void => void (failure = error),
  };
  const stream = body.open(watch);
  if (stream instanceof ReadableStream) for await (const _ of stream);
  if (failure !== undefined) throw failure;
  return bytes;
}

/** A service that is too old for a resource answers 404 without naming a project that is not there. */
async function isUnknownPath(answer: Answer): Promise<boolean> {
  if (answer.status !== 404 && answer.status !== 405) return false;
  const refusal = await refusalOf(answer);
  if (refusal.code === "project_not_found") throw refusal;
  return true;
}

function noPage(from: string): AppError {
  return new AppError("invalid_answer", `${from} did not answer with a page of items`, {
    hint: "check the remote's URL: what answers there may be a login page or another program",
  });
}

async function readBatchAnswer(answer: Answer): Promise<BatchAnswer | undefined> {
  if (await isUnknownPath(answer)) return undefined;
  if (answer.status !== 200 && answer.status !== 201) throw await refusalOf(answer);
  const { value } = await answer.json();
  const number = (name: string): number | undefined => {
    const figure = value[name];
    return typeof figure === "number" ? figure : undefined;
  };
  const count = number("count");
  // Anything may answer 200; only this means that the rows are stored.
  if (value["ok"] !== true && count === undefined) {
    throw new Accident(
      new AppError("invalid_answer", `${answer.from} did not acknowledge what was sent`),
    );
  }
  return {
    count: count ?? 0,
    stored: number("stored"),
    duplicate: number("duplicate"),
    replaced: number("replaced"),
    refused: Array.isArray(value["refused"]) ? value["refused"].flatMap(readRefused) : [],
    epoch: answer.headers.get(epochHeader) ?? undefined,
  };
}

function readRefused(entry: unknown): RefusedItem[] {
  if (typeof entry !== "object" || entry === null) return [];
  const { index, id, code, message } = entry as Readonly<Record<string, unknown>>;
  if (typeof index !== "number" || !Number.isInteger(index)) return [];
  return [
    {
      index,
      id: typeof id === "string" ? id : null,
      code: typeof code === "string" ? code.slice(0, 64) : "refused",
      message: typeof message === "string" ? message.slice(0, 500) : "it gave no reason",
    },
  ];
}

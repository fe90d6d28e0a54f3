import { AppError } from "../errors.ts";
import { damagedSnapshot } from "../schema/conversation.ts";
import type { Download } from "../schema/exchange.ts";
import type { BlobId } from "../schema/ids.ts";
import type { BlobGrowth } from "../schema/wire.ts";
import { type Answer, parseObject } from "./answer.ts";
import { type Body, fileBody, jsonBody } from "./body.ts";
import { refusalOf } from "./refusal.ts";
import { Accident } from "./retry.ts";
import { type ServiceConnection, isUnknownPath } from "./service-connection.ts";

/** HEAD requests in flight where a service cannot be asked for many blobs at once. */
const headsAtOnce = 16;
const blobsAtOnce = 1000;
/** More than an answer to an upload can need. */
const mostNaming = 64 * 1024;

/** The questions that ask which of many blobs are missing, as they go over the wire. */
export async function missingBodies(
  { encoding }: ServiceConnection,
  blobs: readonly BlobId[],
): Promise<{ readonly blobs: readonly BlobId[]; readonly body: Body }[]> {
  const questions = [];
  for (let at = 0; at < blobs.length; at += blobsAtOnce) {
    const some = blobs.slice(at, at + blobsAtOnce);
    questions.push({
      blobs: some,
      body: jsonBody(JSON.stringify({ sha256: some }), await encoding()),
    });
  }
  return questions;
}

/** Transcripts as a service keeps them: named by their bytes' hash. */
export function createServiceBlobs(connection: ServiceConnection) {
  const { client, capabilities, encoding } = connection;

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

  /** Asks one by one, as a service without the question for many wants it. */
  async function missingByHead(blobs: readonly BlobId[]): Promise<BlobId[]> {
    const missing: BlobId[] = [];
    for (let at = 0; at < blobs.length; at += headsAtOnce) {
      const some = blobs.slice(at, at + headsAtOnce);
      const there = await Promise.all(some.map(headBlob));
      missing.push(...some.filter((_, index) => there[index] !== true));
    }
    return missing;
  }

  async function missingBlobs(blobs: readonly BlobId[]): Promise<BlobId[] | undefined> {
    if (!(await capabilities()).blobsMissing) return missingByHead(blobs);
    const missing: BlobId[] = [];
    for (const { blobs: some, body } of await missingBodies(connection, blobs)) {
      const answered = await client.exchange({
        method: "POST",
        path: "/api/v1/blobs/missing",
        body,
        async read(answer) {
          if (await isUnknownPath(answer)) return undefined;
          if (answer.status !== 200) throw await refusalOf(answer);
          return await answer.json();
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
    return client.exchange({
      method: "POST",
      path: "/api/v1/blobs",
      body,
      onBytes,
      async read(answer) {
        if (answer.status === 200 || answer.status === 201) {
          requireName(await answer.text(mostNaming), blob);
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

  async function appendBlob(
    blob: BlobId,
    { base, keeps, content }: BlobGrowth,
    onBytes: (bytes: number) => void,
  ): Promise<"stored" | "unknown" | "mismatch"> {
    const body = fileBody(content, await encoding());
    return client.exchange({
      method: "PUT",
      path: `/api/v1/blobs/${blob}?base=${base}&offset=${keeps}`,
      body,
      onBytes,
      async read(answer) {
        if (answer.status === 200 || answer.status === 201) {
          requireName(await answer.text(mostNaming), blob);
          return "stored";
        }
        const refusal = await refusalOf(answer);
        if (answer.status === 409) return "unknown";
        if (answer.status === 422) return "mismatch";
        throw refusal;
      },
    });
  }

  /** Asks for what is not here yet; for all of it where that turns out to be something else's beginning. */
  async function fetchBlob(blob: BlobId, download: Download): Promise<"saved" | "missing"> {
    for (let isSecond = false; ; isSecond = true) {
      const state = await fetchRest(blob, download, isSecond);
      if (state !== "other") return state;
      download.restart();
    }
  }

  function fetchRest(
    blob: BlobId,
    download: Download,
    isSecond: boolean,
  ): Promise<"saved" | "missing" | "other"> {
    let asked = 0;
    return client.exchange({
      method: "GET",
      path: `/api/v1/blobs/${blob}`,
      headers(): Record<string, string> {
        asked = download.have;
        return asked === 0 ? {} : { Range: `bytes=${asked}-`, "Accept-Encoding": "identity" };
      },
      async read(answer) {
        const { status } = answer;
        if (status === 404 || status === 405) return "missing";
        if (asked > 0 && (status === 416 || (status === 206 && !beginsAt(answer, asked)))) {
          return "other";
        }
        const from = asked > 0 && status === 206 ? asked : 0;
        if (status !== 200 && from === 0) throw await refusalOf(answer);
        try {
          await download.take(answer.stream(), from);
          return "saved";
        } catch (error) {
          if (!(error instanceof AppError) || error.label !== "digest_mismatch") throw error;
          if (from > 0 && !isSecond) return "other";
          throw new Accident(error);
        }
      },
    });
  }

  return { missingBlobs, missingByHead, sendBlob, appendBlob, fetchBlob };
}

/** Whether a part of a blob is the part that was asked for. */
function beginsAt({ headers }: Answer, from: number): boolean {
  return new RegExp(`^bytes ${from}-\\d+/`).test(headers.get("content-range") ?? "");
}

/** It hashed what came: stored under another name, our rows would never find it. */
function requireName(text: string, blob: BlobId): void {
  const named = parseObject(text)?.["sha256"];
  if (typeof named === "string" && named !== blob) throw damagedSnapshot();
}

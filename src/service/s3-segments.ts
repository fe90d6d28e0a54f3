import { AwsClient } from "aws4fetch";
import { AppError } from "../errors.ts";
import { HttpError } from "../http/http-error.ts";
import { sha256Hex } from "../schema/digest.ts";
import type { Credentials } from "./s3-credentials.ts";
import type { SegmentStore } from "./segment-store.ts";

export interface S3Options {
  /** `s3://bucket[/prefix]?endpoint=…&region=…&path-style=1`. */
  readonly url: string;
  /** Where the URL names none. */
  readonly endpoint: string | undefined;
  readonly region: string | undefined;
  /** Asked before each request, as they may run out. */
  credentials(): Promise<Credentials>;
}

/** Waits before a further try, in milliseconds. */
const waits = [0, 100, 400, 1600];
/** How long a request may take until its answer begins, in milliseconds. */
const patience = 60_000;

interface Place {
  /** Ends with a slash. */
  readonly base: string;
  /** Empty, or ends with a slash. */
  readonly prefix: string;
  readonly region: string;
}

/** Segments as objects of a bucket, `<prefix>/<first two digits>/<name>`. Throws `usage` where the URL is none. */
export function openS3Segments(options: S3Options): SegmentStore {
  const { base, prefix, region } = placeOf(options);
  const keyOf = (name: string): string => `${prefix}${name.slice(0, 2)}/${name}`;

  async function once(method: string, path: string, init: RequestInit): Promise<Response> {
    const { accessKeyId, secretAccessKey, sessionToken } = await options.credentials();
    const client = new AwsClient({
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
      service: "s3",
      region,
    });
    const signed = await client.sign(`${base}${path}`, { method, ...init });
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), patience);
    try {
      return await fetch(signed, { signal: late.signal, redirect: "manual" });
    } finally {
      clearTimeout(timer);
    }
  }

  /** The answer, once it is none that a further try may better. Throws 503 where none is to be had. */
  async function ask(method: string, path: string, init: RequestInit = {}): Promise<Response> {
    let last = "no answer";
    for (const wait of waits) {
      if (wait > 0) await Bun.sleep(wait);
      try {
        const answer = await once(method, path, init);
        if (answer.status < 500 && answer.status !== 429 && answer.status !== 408) return answer;
        last = `status ${answer.status}`;
        await answer.body?.cancel();
      } catch (error) {
        if (error instanceof AppError) throw error;
        last = error instanceof Error ? error.name : "no answer";
      }
    }
    throw unavailable(last);
  }

  const refused = async (answer: Response): Promise<HttpError> => {
    const code = /<Code>(\w+)<\/Code>/.exec(await answer.text())?.[1];
    return unavailable(code ?? `status ${answer.status}`);
  };

  return {
    async put(name, bytes) {
      const answer = await ask("PUT", keyOf(name), {
        body: bytes as Uint8Array<ArrayBuffer>,
        headers: {
          "X-Amz-Content-Sha256": sha256Hex(bytes),
          "If-None-Match": "*",
          "Content-Type": "application/octet-stream",
        },
      });
      // Names are never given twice: what is there came from an earlier try whose answer was lost.
      if (!answer.ok && answer.status !== 412) throw await refused(answer);
      await answer.body?.cancel();
    },
    async read(name, from) {
      const headers = from > 0 ? { Range: `bytes=${from}-` } : undefined;
      const answer = await ask("GET", keyOf(name), headers === undefined ? {} : { headers });
      if (answer.status === 404) {
        await answer.body?.cancel();
        return undefined;
      }
      if (!answer.ok || answer.body === null) throw await refused(answer);
      if (from > 0 && answer.status !== 206) throw unavailable("a range was not honoured");
      return complete(answer);
    },
    async lost() {
      // To ask for each would cost a request each; a read that finds one missing tells.
      return new Set();
    },
    async delete(name) {
      const answer = await ask("DELETE", keyOf(name));
      if (!answer.ok && answer.status !== 404) throw await refused(answer);
      await answer.body?.cancel();
    },
    async *list() {
      for (let token = ""; ;) {
        const query = new URLSearchParams({ "list-type": "2", prefix });
        if (token !== "") query.set("continuation-token", token);
        const answer = await ask("GET", `?${query}`);
        if (!answer.ok) throw await refused(answer);
        const text = await answer.text();
        for (const [, object = ""] of text.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
          const name = /<Key>([^<]*)<\/Key>/.exec(object)?.[1]?.split("/").at(-1) ?? "";
          const at = Date.parse(/<LastModified>([^<]*)</.exec(object)?.[1] ?? "");
          if (/^[0-9a-f]{64}\.[0-9a-f]{16}$/.test(name)) yield { name, at };
        }
        token = /<NextContinuationToken>([^<]*)</.exec(text)?.[1] ?? "";
        if (token === "") return;
      }
    },
    async ping() {
      const query = new URLSearchParams({ "list-type": "2", "max-keys": "1", prefix });
      const answer = await ask("GET", `?${query}`);
      if (!answer.ok) throw await refused(answer);
      await answer.body?.cancel();
    },
  };
}

/** The body, which breaks where the connection ended before all of it was there. */
function complete(answer: Response): ReadableStream<Uint8Array> {
  const expected = Number(answer.headers.get("Content-Length") ?? Number.NaN);
  let bytes = 0;
  return (answer.body as ReadableStream<Uint8Array>).pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.length;
        controller.enqueue(chunk);
      },
      flush(controller) {
        if (!Number.isNaN(expected) && bytes !== expected) {
          controller.error(new Error("the bucket sent less than it announced"));
        }
      },
    }),
  );
}

function unavailable(why: string): HttpError {
  return new HttpError(
    503,
    "blobs_unavailable",
    `the store of transcripts does not work (${why})`,
    {
      headers: { "Retry-After": "5" },
    },
  );
}

function placeOf({ url, endpoint, region }: S3Options): Place {
  const usage = (): AppError =>
    new AppError("usage", "`--blobs` names no bucket", {
      hint: "write `--blobs s3://bucket/prefix?endpoint=https://host&region=name`",
    });
  const parsed = URL.parse(url);
  const bucket = parsed?.hostname ?? "";
  if (parsed === null || !/^[a-z0-9][a-z0-9.-]{1,62}$/.test(bucket)) throw usage();
  const where = parsed.searchParams.get("region") ?? region ?? "us-east-1";
  const folder = parsed.pathname.replace(/^\/+|\/+$/g, "");
  const prefix = folder === "" ? "" : `${folder}/`;
  const given = parsed.searchParams.get("endpoint") ?? endpoint;
  if (given === undefined) {
    return { base: `https://${bucket}.s3.${where}.amazonaws.com/`, prefix, region: where };
  }
  const host = URL.parse(given);
  if (host === null || !/^https?:$/.test(host.protocol)) throw usage();
  const style = parsed.searchParams.get("path-style");
  // Most servers of one's own have no name for each bucket.
  const base =
    style === "0"
      ? `${host.protocol}//${bucket}.${host.host}/`
      : `${host.origin}${host.pathname.replace(/\/+$/, "")}/${bucket}/`;
  return { base, prefix, region: where };
}

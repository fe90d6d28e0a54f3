/** Answers of a remote that wants a client's memory, each with what it is. */
import { sha256Hex } from "../../src/schema/digest.ts";

export type Answer = (url: URL) => Response | undefined;

const mib = 1024 * 1024;
const place = '"2026-02-10T12:00:00.000000Z"';

/** So many bytes of the same text over and over, between what stands before and behind them. */
function repeated(text: string, bytes: number, [before, behind] = ["", ""]): Response {
  const encode = (part: string): Uint8Array => new TextEncoder().encode(part);
  const piece = encode(text.repeat(Math.ceil((64 * 1024) / text.length)));
  let left = bytes;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encode(before ?? "")),
    pull(controller) {
      if (left > 0) return controller.enqueue(((left -= piece.length), piece));
      controller.enqueue(encode(behind ?? ""));
      controller.close();
    },
  });
  return new Response(body, { headers: { "Content-Type": "application/json" } });
}

const endless = (text: string): Response => repeated(text, 1024 * mib);

function compressed(encoding: "gzip" | "zstd"): Response {
  const zeros = new Uint8Array(192 * mib);
  const body = encoding === "gzip" ? Bun.gzipSync(zeros) : Bun.zstdCompressSync(zeros);
  return new Response(body, { headers: { "Content-Encoding": encoding } });
}

const at =
  (end: string, answer: (url: URL) => Response): Answer =>
  (url) =>
    url.pathname.endsWith(end) ? answer(url) : undefined;

/** One page of a resource; the next one is empty. */
const pageOf = (resource: string, page: () => Response): Answer =>
  at(`/sync/${resource}`, (url) =>
    url.searchParams.has("since") ? new Response('{"items":[],"max_timestamp":null}') : page(),
  );

/** A page that is as long as one may be. */
const full = (resource: string, text: string, around: [string, string]): Answer =>
  pageOf(resource, () => {
    const [before, behind] = around;
    const ends: [string, string] = [before, `${behind}],"max_timestamp":${place}}`];
    return repeated(text, 7.9 * mib, ends);
  });

const ledger = '{"items":[\n{"commit_sha":"a","x":';

/** A pointer at five bytes, whose transcript is another one. */
const transcript =
  (answer: () => Response): Answer =>
  (url) => {
    const pointer = JSON.stringify({
      conversation_id: sha256Hex("conversation"),
      content_sha256: sha256Hex("12345"),
      size: 5,
      updated_at: JSON.parse(place),
    });
    const page = `{"items":[${pointer}],"max_timestamp":${place}}`;
    const isBlob = url.pathname.includes("/blobs/") && !url.pathname.endsWith("/missing");
    return isBlob ? answer() : pageOf("conversations", () => new Response(page))(url);
  };

export const manyMembers = full("ledgers", "{},", [`${ledger}[`, "{}]}\n"]);

export const hostileAnswers: Readonly<Record<string, Answer>> = {
  "a page that does not end": at("/sync/traces", () =>
    repeated('{"id":"a"},', 1024 * mib, ['{"items":[', ""]),
  ),
  "a page of small rows": full("traces", '{"id":"a"},', ['{"items":[', '{"id":"b"}']),
  "a page of small rows on lines": full("traces", '{"id":"a"},\n', [
    '{"items":[\n',
    '{"id":"b"}\n',
  ]),
  "a page of a ledger with many members": manyMembers,
  "a page of a ledger with many lists": full("ledgers", "[],", [`${ledger}[`, "[]]}\n"]),
  "a page that is nested without end": full("ledgers", "[", [ledger, ""]),
  "a page of one text": full("ledgers", "x", [`${ledger}"`, '"}\n']),
  "a page of text beyond ASCII": full("ledgers", "世", [`${ledger}"`, '"}\n']),
  "a page of escapes": full("ledgers", "\\u4e16", [`${ledger}"`, '"}\n']),
  "a page of contents": full("conversations", "世", [
    `{"items":[\n{"conversation_id":"a","content_sha256":"${"0".repeat(64)}","content":"`,
    '"}\n',
  ]),
  "a page of gzip": at("/sync/traces", () => compressed("gzip")),
  "a page of zstd": at("/sync/traces", () => compressed("zstd")),
  "a transcript that does not end": transcript(() => endless("x")),
  "a transcript of gzip": transcript(() => compressed("gzip")),
  "a transcript of zstd": transcript(() => compressed("zstd")),
  "a token's owner without end": at("/whoami", () => endless(" ")),
  "a token's owner with many members": at("/whoami", () =>
    repeated("{},", 15 * mib, ['{"x":[', '{}],"org_slug":"acme"}']),
  ),
  "a version of zstd": at("/version", () => compressed("zstd")),
  "a refusal without end": at(
    "/sync/traces",
    () => new Response(endless("x").body, { status: 403 }),
  ),
};

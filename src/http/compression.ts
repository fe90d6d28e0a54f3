import { jsonHeaders } from "./http-error.ts";

/** Shorter answers gain nothing. */
const least = 1024;

type Format = "zstd" | "gzip";

/** A JSON answer in the encoding of ours that the caller takes; streams are compressed as they go. */
export function encodedJson(
  body: Uint8Array | ReadableStream<Uint8Array>,
  accepted: string | null,
): Response {
  const format = chooseFormat(accepted);
  if (body instanceof Uint8Array) {
    const isPlain = format === undefined || body.length < least;
    const bytes = (isPlain ? body : compress(body, format)) as Uint8Array<ArrayBuffer>;
    return new Response(bytes, {
      headers: { ...jsonHeaders(bytes), ...encodingHeaders(isPlain ? undefined : format) },
    });
  }
  const headers = { "Content-Type": "application/json", ...encodingHeaders(format) };
  if (format === undefined) return new Response(body, { headers });
  const compression = new CompressionStream(format as "gzip");
  return new Response(body.pipeThrough(compression as never), { headers });
}

function encodingHeaders(format: Format | undefined): Record<string, string> {
  const vary = { Vary: "Accept-Encoding" };
  return format === undefined ? vary : { ...vary, "Content-Encoding": format };
}

/** Fast rather than small: on a fast network the time to compress is what a reader waits for. */
function compress(body: Uint8Array, format: Format): Uint8Array<ArrayBuffer> {
  const bytes = body as Uint8Array<ArrayBuffer>;
  return format === "zstd"
    ? new Uint8Array(Bun.zstdCompressSync(bytes, { level: 1 }))
    : Bun.gzipSync(bytes, { level: 1 });
}

/** zstd before gzip, whatever the order of the list; `q=0` means never. */
function chooseFormat(accepted: string | null): Format | undefined {
  const names = new Set<string>();
  for (const part of (accepted ?? "").toLowerCase().split(",")) {
    const [name = "", ...parameters] = part.split(";").map((word) => word.trim());
    if (!parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter))) names.add(name);
  }
  if (names.has("zstd")) return "zstd";
  return names.has("gzip") ? "gzip" : undefined;
}

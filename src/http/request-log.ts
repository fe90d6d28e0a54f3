/** One line of the log. It holds no header and no body, so no secret either. */
export interface RequestLine {
  time: string;
  method: string;
  /** The pattern of the route; null where none was found. */
  route: string | null;
  path: string;
  status: number;
  duration_ms: number;
  /** Of bodies, as they went over the wire. */
  bytes_in: number;
  bytes_out: number;
  /** The caller's org, by slug; null where none is calling. */
  org: string | null;
  request_id: string;
}

export interface LogOptions {
  /** `performance.now()` when the request came. */
  readonly started: number;
  readonly onRequest: ((line: RequestLine) => void) | undefined;
  readonly onFailure: ((error: unknown, requestId: string) => void) | undefined;
}

/** The same response; its line is reported when the answer is complete: at once, or when its stream ends. */
export function logged(
  response: Response,
  line: RequestLine,
  { started, onRequest, onFailure }: LogOptions,
): Response {
  line.status = response.status;
  const report = (bytes: number): void => {
    line.bytes_out = bytes;
    line.duration_ms = Math.round((performance.now() - started) * 1000) / 1000;
    onRequest?.(line);
  };
  const length = response.headers.get("Content-Length");
  if (response.body === null || length !== null) {
    report(response.body === null ? 0 : Number(length));
    return response;
  }
  const failed = (error: unknown): void => onFailure?.(error, line.request_id);
  return new Response(counted(response.body, report, failed), response);
}

function counted(
  body: ReadableStream<Uint8Array>,
  report: (bytes: number) => void,
  failed: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let bytes = 0;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) {
            controller.close();
            report(bytes);
            return;
          }
          bytes += value.length;
          controller.enqueue(value);
        } catch (error) {
          // The answer has begun: breaking the connection is all that is left to say. Bun prints any other reason.
          failed(error);
          report(bytes);
          controller.error(null);
        }
      },
      async cancel(reason) {
        report(bytes);
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

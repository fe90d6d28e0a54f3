/** An answer other than the one hoped for: thrown anywhere below a route, made a response in one place. */
export class HttpError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    options: { details?: Record<string, unknown>; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.name = "HttpError";
    this.status = status;
    this.code = code;
    this.details = options.details ?? {};
    this.headers = options.headers ?? {};
  }
}

export function badRequest(code: string, message: string, details = {}): HttpError {
  return new HttpError(400, code, message, { details });
}

export function invalidJson(): HttpError {
  return badRequest("invalid_json", "the body is not valid JSON");
}

export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Response {
  const body = new TextEncoder().encode(JSON.stringify(value));
  return new Response(body, { status, headers: { ...jsonHeaders(body), ...headers } });
}

/** Headers of a JSON answer whose bytes are known. */
export function jsonHeaders(body: Uint8Array): Record<string, string> {
  return { "Content-Type": "application/json", "Content-Length": String(body.length) };
}

export function toResponse({ status, code, message, details, headers }: HttpError): Response {
  return json({ error: message, code, ...details }, status, { ...headers });
}

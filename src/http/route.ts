import type { RequestBody } from "./request-body.ts";

/** One request on its way through its route, with whatever else those routes work with. */
export type Call<Context extends object = object> = Context & {
  readonly request: Request;
  readonly query: URLSearchParams;
  readonly parameters: Readonly<Record<string, string>>;
  readonly body: RequestBody;
};

/** What answers one method of one path. */
export interface Route<Context extends object = object> {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  /** Such as `/api/v1/traces/:id`. */
  readonly pattern: string;
  handle(call: Call<Context>): Promise<Response> | Response;
}

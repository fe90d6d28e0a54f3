import { redactStrings } from "./answer.ts";
import { jsonBody } from "./body.ts";
import type { Client } from "./client.ts";
import { refusalOf } from "./refusal.ts";

/** One request of an admin. Gives the status and the service's document; empty where it sends none. */
export function sendAdminRequest(
  client: Client,
  method: "GET" | "POST" | "DELETE",
  { path, body }: { readonly path: string; readonly body?: object },
): Promise<{ readonly status: number; readonly value: Readonly<Record<string, unknown>> }> {
  return client.exchange({
    method,
    path,
    ...(body === undefined ? {} : { body: jsonBody(JSON.stringify(body)) }),
    async read(answer) {
      const { status } = answer;
      if (status === 204) return { status, value: {} };
      if (status !== 200 && status !== 201) throw await refusalOf(answer);
      return { status, value: redactStrings(await answer.json(), answer.redact) };
    },
  });
}

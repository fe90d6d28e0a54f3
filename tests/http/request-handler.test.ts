import { describe, expect, test } from "bun:test";
import { HttpError } from "../../src/http/http-error.ts";
import { requestHandler } from "../../src/http/request-handler.ts";
import type { RequestLine } from "../../src/http/request-log.ts";
import type { Route } from "../../src/http/route.ts";

/** A server that has nothing to do with the service: routes that know one word. */
function greeter() {
  const routes: Route<{ word: string }>[] = [
    {
      method: "GET",
      pattern: "/greet/:name",
      handle: ({ word, parameters }) => new Response(`${word}, ${parameters["name"]}`),
    },
    {
      method: "POST",
      pattern: "/echo",
      handle: async ({ body }) => new Response(await body.text(16)),
    },
    {
      method: "GET",
      pattern: "/broken",
      handle: () => {
        throw new Error("a detail that no caller may see");
      },
    },
    {
      method: "GET",
      pattern: "/refused",
      handle: () => {
        throw new HttpError(409, "taken", "somebody has it");
      },
    },
  ];
  const lines: RequestLine[] = [];
  const failures: unknown[] = [];
  const handler = requestHandler(routes, {
    now: () => 0,
    headers: () => ({ "X-Server": "greeter" }),
    answer: ({ route, ...parts }) => route.handle({ ...parts, word: "hello" }),
    onRequest: (line) => lines.push(line),
    onFailure: (error) => failures.push(error),
  });
  return { handler, lines, failures };
}

async function said(path: string, init?: RequestInit) {
  const { handler, lines, failures } = greeter();
  const response = await handler.fetch(new Request(`http://localhost${path}`, init));
  const body = await response.text();
  // A line is reported once its answer has left.
  const { route, status } = lines[0] ?? {};
  return {
    status: response.status,
    body,
    server: response.headers.get("X-Server"),
    logged: { route, status },
    failures: failures.length,
  };
}

describe("a request handler", () => {
  test("gives a route its parameters and what else its routes work with", async () => {
    expect(await said("/greet/ada")).toEqual({
      status: 200,
      body: "hello, ada",
      server: "greeter",
      logged: { route: "/greet/:name", status: 200 },
      failures: 0,
    });
  });

  test("answers HEAD as GET without the body", async () => {
    const answer = await said("/greet/ada", { method: "HEAD" });
    expect({ status: answer.status, body: answer.body }).toEqual({ status: 200, body: "" });
  });

  test("says a refusal with its code", async () => {
    const { status, body, failures } = await said("/refused");
    expect({ status, body: JSON.parse(body), failures }).toEqual({
      status: 409,
      body: { error: "somebody has it", code: "taken" },
      failures: 0,
    });
  });

  test("tells the operator what broke, and the caller only that something did", async () => {
    const { status, body, failures } = await said("/broken");
    expect({ status, code: JSON.parse(body).code, failures }).toEqual({
      status: 500,
      code: "internal",
      failures: 1,
    });
    expect(body).not.toContain("detail");
  });

  test("cuts a body off at its limit", async () => {
    const { status, body } = await said("/echo", { method: "POST", body: "x".repeat(64) });
    expect({ status, code: JSON.parse(body).code }).toEqual({
      status: 413,
      code: "body_too_large",
    });
  });

  test("knows a path by its method too", async () => {
    expect((await said("/echo")).status).toBe(405);
    expect((await said("/nowhere")).status).toBe(404);
  });
});

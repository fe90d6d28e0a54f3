/**
 * The Model Context Protocol's server side, as far as tools that are asked go: messages of JSON-RPC in, answers out.
 * Source: modelcontextprotocol.io, the revisions below; they do not differ in what is used here.
 */
import { listOf, isObject } from "../schema/is-object.ts";

/** The newest first. A client that asks for another one is offered the newest, and may leave. */
const revisions = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];

export interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** JSON Schema of an object. */
  readonly inputSchema: object;
  /** What it throws is told to the caller by `ServerOptions.refusal`. */
  call(input: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<string>;
}

export interface ServerOptions {
  readonly name: string;
  readonly version: string;
  /** What a model is told of the tools as a whole. */
  readonly instructions: string;
  readonly tools: readonly Tool[];
  /** What a model is told of a failure; undefined for one of ours. */
  refusal(error: unknown): string | undefined;
  onFailure(error: unknown): void;
}

export interface Server {
  /** Answers one message as it came over the wire; undefined where nothing is to be answered. */
  answer(message: string): Promise<string | undefined>;
}

const codes = {
  parse: -32_700,
  request: -32_600,
  method: -32_601,
  parameters: -32_602,
  internal: -32_603,
};

class Refusal extends Error {
  readonly code: number;
  constructor(kind: keyof typeof codes, message: string) {
    super(message);
    this.code = codes[kind];
  }
}

type Id = string | number;

export function createServer(options: ServerOptions): Server {
  /** Calls in hand, by the id under which they may be cancelled. */
  const running = new Map<Id, AbortController>();

  async function answerOne(message: unknown): Promise<object | undefined> {
    if (!isObject(message) || message["jsonrpc"] !== "2.0") {
      return failure(null, new Refusal("request", "no message of JSON-RPC 2.0"));
    }
    const { id, method } = message;
    if (typeof method !== "string") {
      // An answer to something that we never ask.
      if ("result" in message || "error" in message) return undefined;
      return failure(null, new Refusal("request", "a message without a method"));
    }
    const parameters = isObject(message["params"]) ? message["params"] : {};
    if (id === undefined) {
      if (method === "notifications/cancelled") cancel(parameters["requestId"]);
      return undefined;
    }
    if (typeof id !== "string" && typeof id !== "number") {
      return failure(null, new Refusal("request", "an id that is neither text nor number"));
    }
    return await respond(id, method, parameters);
  }

  async function respond(
    id: Id,
    method: string,
    parameters: Readonly<Record<string, unknown>>,
  ): Promise<object | undefined> {
    const stop = new AbortController();
    running.set(id, stop);
    try {
      const result = await resultOf(method, parameters, stop.signal);
      return stop.signal.aborted ? undefined : { jsonrpc: "2.0", id, result };
    } catch (error) {
      if (stop.signal.aborted) return undefined;
      if (!(error instanceof Refusal)) options.onFailure(error);
      return failure(id, error);
    } finally {
      if (running.get(id) === stop) running.delete(id);
    }
  }

  function cancel(id: unknown): void {
    if (typeof id === "string" || typeof id === "number") running.get(id)?.abort();
  }

  async function resultOf(
    method: string,
    parameters: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<object> {
    if (method === "initialize") return introduction(parameters["protocolVersion"]);
    if (method === "ping") return {};
    if (method === "tools/list") return { tools: options.tools.map(describeTool) };
    if (method === "tools/call") return await callTool(parameters, signal);
    throw new Refusal("method", `there is no method \`${method.slice(0, 100)}\``);
  }

  function introduction(asked: unknown): object {
    const protocolVersion = revisions.find((revision) => revision === asked) ?? revisions[0];
    const { name, version, instructions } = options;
    return {
      protocolVersion,
      capabilities: { tools: {} },
      serverInfo: { name, version },
      instructions,
    };
  }

  async function callTool(
    { name, arguments: input }: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<object> {
    const tool = options.tools.find((one) => one.name === name);
    if (tool === undefined) {
      throw new Refusal("parameters", `there is no tool \`${String(name).slice(0, 100)}\``);
    }
    if (input !== undefined && !isObject(input)) {
      throw new Refusal("parameters", "a tool's arguments are an object");
    }
    try {
      return { content: [{ type: "text", text: await tool.call(input ?? {}, signal) }] };
    } catch (error) {
      // Told as the tool's own answer, so that the model reads it and can mend its call.
      const text = options.refusal(error);
      if (text === undefined) throw error;
      return { content: [{ type: "text", text }], isError: true };
    }
  }

  return {
    async answer(text) {
      let message: unknown;
      try {
        message = JSON.parse(text);
      } catch {
        return JSON.stringify(failure(null, new Refusal("parse", "no JSON")));
      }
      // One revision lets several messages come at once.
      if (!Array.isArray(message)) return write(await answerOne(message));
      if (message.length === 0) return write(failure(null, new Refusal("request", "no message")));
      const answers = await Promise.all(message.map(answerOne));
      const said = listOf(answers);
      return said.length === 0 ? undefined : JSON.stringify(said);
    },
  };
}

function write(answer: object | undefined): string | undefined {
  return answer === undefined ? undefined : JSON.stringify(answer);
}

function describeTool({ name, title, description, inputSchema }: Tool): object {
  const annotations = { title, readOnlyHint: true, openWorldHint: false };
  return { name, title, description, inputSchema, annotations };
}

function failure(id: Id | null, error: unknown): object {
  const refused = error instanceof Refusal;
  const { code, message } = refused
    ? error
    : { code: codes.internal, message: "a bug in the server" };
  return { jsonrpc: "2.0", id, error: { code, message } };
}

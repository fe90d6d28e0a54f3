/** A model server on loopback that plays a script, in the forms that coding agents' programs speak. */

/** One call of a tool that the model makes; `text` is for tools that take a text instead of fields. */
export interface ScriptedCall {
  readonly name: string;
  readonly input?: Readonly<Record<string, unknown>>;
  readonly text?: string;
}

export interface ScriptedTurn {
  readonly says: string;
  readonly calls?: readonly ScriptedCall[];
}

type Fields = Record<string, any>;

const headers = { "content-type": "text/event-stream", "cache-control": "no-cache" };

/** Serves until the process ends; gives the port. `asked` is told of each request's body. */
export function serveScript(
  script: readonly ScriptedTurn[],
  asked: (body: string) => void = () => {},
): number {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 60,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      const body = (await request.json().catch(() => ({}))) as Fields;
      asked(JSON.stringify(body));
      if (pathname.endsWith("/count_tokens") || pathname.includes(":countTokens")) {
        return Response.json({ input_tokens: 1000, totalTokens: 1000 });
      }
      if (pathname.endsWith("/messages")) return answerMessages(body, script);
      if (pathname.endsWith("/responses")) return answerResponses(body, script);
      if (pathname.endsWith("/chat/completions")) return answerChat(body, script);
      if (pathname.includes("enerateContent")) {
        return answerGemini(body, script, pathname.includes(":stream"));
      }
      if (pathname.endsWith("/models")) return Response.json({ object: "list", data: [] });
      return Response.json(
        { error: { type: "not_found_error", message: "no such path" } },
        { status: 404 },
      );
    },
  });
  return server.port ?? 0;
}

/**
 * The turn that is due: one more than those whose calls the request repeats. A request without tools is a side question
 * where the script calls any.
 */
function turnDue(
  body: Fields,
  script: readonly ScriptedTurn[],
): { turn: ScriptedTurn; place: number } {
  const hasTools = ((body["tools"] as unknown[] | undefined)?.length ?? 0) > 0;
  if (!hasTools && !hasCalls(body) && script.some(({ calls = [] }) => calls.length > 0)) {
    return { turn: { says: "Edit some files" }, place: -1 };
  }
  const made = [...JSON.stringify(body).matchAll(/call_s(\d+)x\d+z/g)].map(([, turn]) =>
    Number(turn),
  );
  const place = Math.min(script.length - 1, Math.max(-1, ...made) + 1);
  return { turn: script[place] as ScriptedTurn, place };
}

function hasCalls(body: Fields): boolean {
  return JSON.stringify(body).includes("call_s");
}

const idOf = (place: number, index: number): string => `call_s${place}x${index}z`;

function stream(events: readonly (readonly [name: string | undefined, data: unknown])[]): Response {
  const text = events
    .map(([name, data]) => {
      const line = `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
      return name === undefined ? line : `event: ${name}\n${line}`;
    })
    .join("");
  return new Response(text, { headers });
}

function answerMessages(body: Fields, script: readonly ScriptedTurn[]): Response {
  const { turn, place } = turnDue(body, script);
  const calls = (turn.calls ?? []).map(({ name, input = {} }, index) => ({
    type: "tool_use",
    id: idOf(place, index),
    name,
    input,
  }));
  const usage = {
    input_tokens: 1000,
    output_tokens: 50,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
  };
  const stop_reason = calls.length > 0 ? "tool_use" : "end_turn";
  const message = {
    id: `msg_${place}_${Date.now()}`,
    type: "message",
    role: "assistant",
    model: body["model"],
  };
  const content = [{ type: "text", text: turn.says }, ...calls];
  if (body["stream"] !== true)
    return Response.json({ ...message, content, stop_reason, stop_sequence: null, usage });
  const event = (type: string, data: object) => [type, { type, ...data }] as const;
  return stream([
    event("message_start", {
      message: { ...message, content: [], stop_reason: null, stop_sequence: null, usage },
    }),
    ...content.flatMap((block, index) => {
      const isText = block.type === "text";
      const start = isText ? { type: "text", text: "" } : { ...block, input: {} };
      const delta = isText
        ? { type: "text_delta", text: (block as { text: string }).text }
        : {
            type: "input_json_delta",
            partial_json: JSON.stringify((block as { input: object }).input),
          };
      return [
        event("content_block_start", { index, content_block: start }),
        event("content_block_delta", { index, delta }),
        event("content_block_stop", { index }),
      ];
    }),
    event("message_delta", {
      delta: { stop_reason, stop_sequence: null },
      usage: { output_tokens: 50 },
    }),
    event("message_stop", {}),
  ]);
}

function answerResponses(body: Fields, script: readonly ScriptedTurn[]): Response {
  const { turn, place } = turnDue(body, script);
  const said = {
    type: "message",
    id: `msg_${place}`,
    role: "assistant",
    status: "completed",
    content: [{ type: "output_text", text: turn.says, annotations: [] }],
  };
  const calls = (turn.calls ?? []).map(({ name, input, text }, index) => {
    const common = {
      id: `item_${place}_${index}`,
      call_id: idOf(place, index),
      name,
      status: "completed",
    };
    return text === undefined
      ? { type: "function_call", ...common, arguments: JSON.stringify(input ?? {}) }
      : { type: "custom_tool_call", ...common, input: text };
  });
  const output = [said, ...calls];
  const usage = {
    input_tokens: 1000,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 50,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 1050,
  };
  const response = {
    id: `resp_${place}_${Date.now()}`,
    object: "response",
    created_at: 1,
    model: body["model"],
    output: [],
    status: "in_progress",
  };
  const done = { ...response, status: "completed", output, usage };
  if (body["stream"] !== true) return Response.json(done);
  let sequence_number = 0;
  const event = (type: string, data: object) =>
    [type, { type, sequence_number: sequence_number++, ...data }] as const;
  return stream([
    event("response.created", { response }),
    ...output.flatMap((item, output_index) => [
      event("response.output_item.added", {
        output_index,
        item: { ...item, status: "in_progress" },
      }),
      event("response.output_item.done", { output_index, item }),
    ]),
    event("response.completed", { response: done }),
  ]);
}

function answerChat(body: Fields, script: readonly ScriptedTurn[]): Response {
  const { turn, place } = turnDue(body, script);
  const tool_calls = (turn.calls ?? []).map(({ name, input = {} }, index) => ({
    index,
    id: idOf(place, index),
    type: "function",
    function: { name, arguments: JSON.stringify(input) },
  }));
  const finish = tool_calls.length > 0 ? "tool_calls" : "stop";
  const usage = { prompt_tokens: 1000, completion_tokens: 50, total_tokens: 1050 };
  const head = { id: `chatcmpl-${place}`, created: 1, model: body["model"] };
  const message = {
    role: "assistant",
    content: turn.says,
    ...(tool_calls.length > 0 ? { tool_calls } : {}),
  };
  if (body["stream"] !== true) {
    return Response.json({
      ...head,
      object: "chat.completion",
      choices: [{ index: 0, message, finish_reason: finish }],
      usage,
    });
  }
  const chunk = (delta: object, finish_reason: string | null = null, extra: object = {}) =>
    [
      undefined,
      {
        ...head,
        object: "chat.completion.chunk",
        choices: [{ index: 0, delta, finish_reason }],
        ...extra,
      },
    ] as const;
  return stream([
    chunk({ role: "assistant", content: turn.says }),
    ...tool_calls.map((call) => chunk({ tool_calls: [call] })),
    chunk({}, finish, { usage }),
    [undefined, "[DONE]"],
  ]);
}

function answerGemini(body: Fields, script: readonly ScriptedTurn[], isStream: boolean): Response {
  const contents = (body["contents"] ?? []) as Fields[];
  const made = contents.filter(
    ({ role, parts }) => role === "model" && JSON.stringify(parts).includes("functionCall"),
  ).length;
  const tools = (body["tools"] ?? []) as Fields[];
  const hasTools = tools.some(({ functionDeclarations }) => functionDeclarations?.length > 0);
  const turn = hasTools ? script[Math.min(made, script.length - 1)] : undefined;
  const wantsJson = body["generationConfig"]?.responseMimeType === "application/json";
  const side = wantsJson
    ? JSON.stringify({
        reasoning: "done",
        next_speaker: "user",
        model_choice: "flash",
        complexity_reasoning: "low",
        complexity_score: 1,
      })
    : "Edit some files";
  const parts = [
    { text: turn?.says ?? side },
    ...(turn?.calls ?? []).map(({ name, input = {} }) => ({ functionCall: { name, args: input } })),
  ];
  const answer = {
    candidates: [{ content: { role: "model", parts }, finishReason: "STOP", index: 0 }],
    usageMetadata: { promptTokenCount: 1000, candidatesTokenCount: 50, totalTokenCount: 1050 },
    modelVersion: "scripted",
  };
  return isStream ? stream([[undefined, answer]]) : Response.json(answer);
}

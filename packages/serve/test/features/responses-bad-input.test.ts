import { setBackend } from "@deepgrain/tensor-gpu";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHandler, type Handler } from "../../src";
import { ask, get, metric, post } from "../support/ask";
import { tinyChat } from "../support/models";
import { problemsOf } from "../support/openai-schemas";
import { eventsOf, flatTools } from "../support/responses";
import { agent, scripted } from "../support/tools";

let handler: Handler;
beforeAll(async () => {
  setBackend("wasm");
  handler = createHandler(
    { agent: await scripted(agent), plain: await tinyChat() },
    { doors: ["responses"], maxNewTokens: 400 },
  );
});
afterAll(async () => {
  await handler.close();
});

const request = (more: object) => post("/v1/responses", { model: "agent", input: "Hot?", ...more });
const user = { role: "user", content: "Hot?" };
const call = { type: "function_call", call_id: "x", name: "add", arguments: "{}" };
const result = { type: "function_call_output", call_id: "x", output: "1" };
const tool = (name: string, parameters?: object) => ({ type: "function", name, parameters });
const deep = "[".repeat(1e5) + "]".repeat(1e5);

describe("a request for a response that is wrong", () => {
  const cases: [what: string, body: object, param: string | null, message: string][] = [
    ["no input", { input: undefined }, "input", "input must be a string"],
    ["an empty list", { input: [] }, "input", "1 to 65536 items, got 0"],
    ["too many items", { input: Array(65537).fill(user) }, "input", "got 65537"],
    ["an input of another type", { input: 3 }, "input", "must be a string"],
    ["an item that is none", { input: [null] }, "input[0]", "must be an object"],
    ["an item without a role", { input: [{ content: "a" }] }, "input[0].role", "one of system"],
    ["a role that is none", { input: [{ ...user, role: "tool" }] }, "input[0].role", '"tool"'],
    ["a field that is none", { input: [{ ...user, x: 1 }] }, "input[0].x", "no field"],
    [
      "an item of another type",
      { input: [{ type: "web_search_call" }] },
      "input[0].type",
      "must be one of",
    ],
    [
      "a type of the prototype",
      { input: [{ type: "constructor" }] },
      "input[0].type",
      "must be one of",
    ],
    ["a reference", { input: [{ type: "item_reference", id: "a" }] }, "input[0]", "not stored"],
    [
      "an image",
      { input: [{ role: "user", content: [{ type: "input_image", image_url: "a" }] }] },
      "input[0].content[0]",
      "text only",
    ],
    [
      "audio",
      { input: [{ role: "user", content: [{ type: "input_audio" }] }] },
      "input[0].content[0]",
      "text only",
    ],
    [
      "a file",
      { input: [{ role: "user", content: [{ type: "input_file", file_id: "a" }] }] },
      "input[0].content[0]",
      "text only",
    ],
    [
      "a refusal",
      { input: [{ role: "assistant", content: [{ type: "refusal", refusal: "a" }] }] },
      "input[0].content[0]",
      "output_text",
    ],
    [
      "no parts",
      { input: [{ role: "user", content: [] }] },
      "input[0].content",
      "must not be empty",
    ],
    ["half a pair", { input: "a\ud800" }, "input", "half of a surrogate pair"],
    [
      "encrypted reasoning",
      { input: [user, { type: "reasoning", summary: [], encrypted_content: "a" }] },
      "input[1].encrypted_content",
      "not supported",
    ],
    ["a result for no call", { input: [user, result] }, "input[1].call_id", "no result"],
    ["two results", { input: [user, call, result, result] }, "input[3].call_id", "no result"],
    ["one id twice", { input: [user, call, call] }, "input[2].call_id", "id of two calls"],
    [
      "arguments that are no JSON",
      {
        instructions: "a",
        input: [
          user,
          { role: "assistant", content: "b" },
          call,
          { ...call, call_id: "y", arguments: "{a" },
        ],
      },
      "input[3].arguments",
      "input[3].arguments must be a JSON object",
    ],
    [
      "arguments of many brackets",
      { input: [user, { ...call, arguments: deep }] },
      "input[1].arguments",
      "JSON object",
    ],
    ["a name with spaces", { input: [user, { ...call, name: "a b" }] }, "input[1].name", "1 to 64"],
    ["instructions of another type", { instructions: [user] }, "instructions", "must be a string"],
    ["a stored answer", { store: true }, "store", "not stored"],
    ["an earlier answer", { previous_response_id: "resp_1" }, "previous_response_id", "not stored"],
    ["a conversation", { conversation: "conv_1" }, "conversation", "not stored"],
    ["the background", { background: true }, "background", "background"],
    ["a stored prompt", { prompt: { id: "a" } }, "prompt", "not stored"],
    [
      "what to include",
      { include: ["reasoning.encrypted_content"] },
      "include",
      "nothing is added",
    ],
    ["truncation", { truncation: "auto" }, "truncation", "never shortened"],
    ["log-probabilities", { top_logprobs: 2 }, "top_logprobs", "/v1/chat/completions"],
    ["hosted calls", { max_tool_calls: 2 }, "max_tool_calls", "hosted tools"],
    ["an effort", { reasoning: { effort: "high" } }, "reasoning", "not chosen here"],
    ["a verbosity", { text: { verbosity: "low" } }, "text.verbosity", "not chosen here"],
    ["a field that is none", { context_management: [] }, "context_management", "no field"],
    ["pairs that are none", { metadata: { a: 1 } }, "metadata", "texts of up to 512"],
    [
      "too many pairs",
      { metadata: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`k${i}`, ""])) },
      "metadata",
      "16 pairs, got 17",
    ],
    ["options without a stream", { stream_options: {} }, "stream_options", "stream: true"],
    [
      "obfuscation",
      { stream: true, stream_options: { include_obfuscation: true } },
      "stream_options.include_obfuscation",
      "not obfuscated",
    ],
    [
      "an option that is none",
      { stream: true, stream_options: { include_usage: true } },
      "stream_options.include_usage",
      "no field",
    ],
    ["no tokens", { max_output_tokens: 0 }, "max_output_tokens", "at least 1"],
    [
      "more tokens than the server writes",
      { max_output_tokens: 401 },
      "max_output_tokens",
      "max_output_tokens may be at most 400",
    ],
    ["a temperature", { temperature: 3 }, "temperature", "from 0 to 2"],
    [
      "a hosted tool",
      { tools: [{ type: "web_search" }] },
      "tools[0].type",
      'function, got "web_search"',
    ],
    [
      "a tool of a chat",
      { tools: [{ type: "function", function: { name: "a" } }] },
      "tools[0].name",
      "1 to 64",
    ],
    ["a name twice", { tools: [tool("a"), tool("a")] }, "tools[1].name", "there twice"],
    [
      "200 tools",
      { tools: Array.from({ length: 200 }, (_, i) => tool(`t${i}`)) },
      "tools",
      "128 entries, got 200",
    ],
    ["tools of a model without", { model: "plain", tools: flatTools }, "tools", "template"],
    [
      "calls of a model without",
      { model: "plain", input: [user, call, result] },
      "input",
      "template",
    ],
    [
      "a schema that is refused",
      { tools: [tool("a", { properties: { b: { not: {} } } })] },
      "tools",
      "parameters of a: #/properties/b",
    ],
    [
      "a choice of no tool",
      { tools: flatTools, tool_choice: tool("c") },
      "tool_choice",
      "no tool c",
    ],
    [
      "a choice of a hosted tool",
      { tools: flatTools, tool_choice: { type: "allowed_tools" } },
      "tool_choice.type",
      "must be function",
    ],
    ["a choice without tools", { tool_choice: "required" }, "tool_choice", "needs tools"],
    [
      "a format beside tools",
      { tools: flatTools, text: { format: { type: "json_object" } } },
      "text.format",
      "exclude each other",
    ],
    [
      "a format that is none",
      { text: { format: { type: "grammar" } } },
      "text.format",
      "must be text",
    ],
    [
      "a format of a chat",
      { text: { format: { type: "json_schema", json_schema: {} } } },
      "text.format.name",
      "1 to 64",
    ],
    [
      "a schema of a format that is refused",
      { text: { format: { type: "json_schema", name: "a", schema: { not: {} } } } },
      "text.format.schema",
      "text.format.schema",
    ],
    [
      "an object that cannot end in time",
      {
        max_output_tokens: 2,
        text: { format: { type: "json_schema", name: "a", schema: { const: "a long text" } } },
      },
      "text.format",
      "shortest answer",
    ],
    [
      "instructions that are long",
      { instructions: "a".repeat(2 ** 20) },
      null,
      "may have 1048576 bytes",
    ],
    ["an input beyond the context", { input: "a".repeat(5000) }, null, "maximum context length"],
  ];

  it.each(cases)("is 400 and names its field: %s", async (_, more, param, message) => {
    for (const stream of [false, true]) {
      if ("stream_options" in more && "stream" in more !== stream) continue;
      const { status, body } = await ask(handler, request({ ...more, ...(stream && { stream }) }));
      expect({ status, param: body.error.param }).toEqual({ status: 400, param });
      expect(body.error.message).toContain(message);
      expect(body.error.message).not.toMatch(/lm\/|messages|response_format|[^_]max_tokens/);
      expect(problemsOf("ErrorResponse", body)).toEqual([]);
    }
  });

  it("is 400 for tools that are nested too deep to be repeated", async () => {
    const tools = `[{"type":"function","name":"a","parameters":{"a":${deep}}}]`;
    const body = `{"model":"agent","input":"a","tools":${tools},"tool_choice":"none"}`;
    const { status, body: answer } = await ask(handler, post("/v1/responses", body));
    expect(status).toBe(400);
    expect(answer.error.message).toContain("nested 256 times");
  });

  it("is 404 for another model and for what is stored elsewhere, 405 for another method", async () => {
    const unknown = await ask(handler, request({ model: "none" }));
    expect({ status: unknown.status, param: unknown.body.error.param }).toEqual({
      status: 404,
      param: "model",
    });
    expect((await ask(handler, get("/v1/responses/resp_1"))).status).toBe(404);
    const other = await handler(get("/v1/responses"));
    expect({ status: other.status, allow: other.headers.get("allow") }).toEqual({
      status: 405,
      allow: "POST",
    });
  });

  it("is 404 where the door is closed, which tells how to open it", async () => {
    const closed = createHandler({ agent: await scripted(agent) });
    const { status, body } = await ask(closed, request({}));
    expect(status).toBe(404);
    expect(body.error.message).toContain('Name "responses" in its doors');
    await closed.close();
  });

  it("fails in a stream as the API has it, after events that are whole", async () => {
    const model = await scripted(() => "a long answer");
    const { batcher } = model;
    const broken = {
      ...batcher!,
      generate(asked: never) {
        const stream = batcher!.generate(asked);
        let count = 0;
        return {
          ...stream,
          next: () => (count++ > 4 ? Promise.reject(new Error("gone")) : stream.next()),
          [Symbol.asyncIterator]() {
            return this;
          },
        };
      },
    };
    const failing = createHandler(
      { agent: { ...model, batcher: broken as never } },
      { doors: ["responses"] },
    );
    const events = await eventsOf(await failing(request({ stream: true })));
    const last = events.at(-1);
    expect(problemsOf("ResponseStreamEvent", last)).toEqual([]);
    expect(last).toMatchObject({
      type: "response.failed",
      response: { status: "failed", error: { code: "server_error" } },
    });
    expect(last.response.error.message).not.toContain("gone");
    await failing.close();
    await batcher!.close();
  });

  it("streams to a reader whatever the request repeats", async () => {
    const tools = [tool("a", { description: "a".repeat(900_000) })];
    const small = createHandler(
      { agent: await scripted(agent) },
      { doors: ["responses"], streamBufferBytes: 20_000 },
    );
    const response = await small(request({ tools, tool_choice: "none", stream: true }));
    const events = await eventsOf(response);
    expect(events.at(-1).type).toBe("response.completed");
    expect(await metric(small, "running_sequences")).toBe(0);
    await small.close();
  });
});

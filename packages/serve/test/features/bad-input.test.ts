import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHandler, type Handler } from "../../src";
import { ask, metric, post } from "../support/ask";
import { tinyChat } from "../support/models";

const user = [{ role: "user", content: "a" }];
const chat = (more: object) => ({ model: "tiny", messages: user, max_tokens: 2, ...more });
const text = (more: object) => ({ model: "tiny", prompt: "a", max_tokens: 2, ...more });

/** Requests that are refused: path, body, and the field that the answer names. */
const refused: readonly [what: string, path: string, body: unknown, param: string | null][] = [
  ["cut JSON", "/v1/chat/completions", '{"model":"tiny"', null],
  ["two bodies", "/v1/chat/completions", "{}{}", null],
  ["a key twice", "/v1/chat/completions", '{"model":"tiny","model":"tiny"}', null],
  ["NaN", "/v1/chat/completions", '{"model":"tiny","temperature":NaN}', null],
  ["a list", "/v1/chat/completions", [], ""],
  ["no model", "/v1/chat/completions", { messages: user }, "model"],
  ["a model of another type", "/v1/chat/completions", chat({ model: 1 }), "model"],
  ["no messages", "/v1/chat/completions", chat({ messages: null }), "messages"],
  ["empty messages", "/v1/chat/completions", chat({ messages: [] }), "messages"],
  [
    "65,537 messages",
    "/v1/chat/completions",
    chat({ messages: Array(65_537).fill(0) }),
    "messages",
  ],
  ["a message of another type", "/v1/chat/completions", chat({ messages: ["a"] }), "messages[0]"],
  ["no role", "/v1/chat/completions", chat({ messages: [{ content: "a" }] }), "messages[0].role"],
  [
    "an unknown role",
    "/v1/chat/completions",
    chat({ messages: [{ role: "robot", content: "a" }] }),
    "messages[0].role",
  ],
  [
    "a result of no call",
    "/v1/chat/completions",
    chat({ messages: [{ role: "tool", content: "a" }] }),
    "messages[0].tool_call_id",
  ],
  [
    "a result for a model without tools",
    "/v1/chat/completions",
    chat({ messages: [{ role: "tool", content: "a", tool_call_id: "x" }] }),
    "messages",
  ],
  [
    "tools for a model without",
    "/v1/chat/completions",
    chat({ tools: [{ type: "function", function: { name: "f" } }] }),
    "tools",
  ],
  [
    "no content",
    "/v1/chat/completions",
    chat({ messages: [{ role: "user" }] }),
    "messages[0].content",
  ],
  [
    "empty parts",
    "/v1/chat/completions",
    chat({ messages: [{ role: "user", content: [] }] }),
    "messages[0].content",
  ],
  [
    "an image",
    "/v1/chat/completions",
    chat({
      messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "x" } }] }],
    }),
    "messages[0].content[0]",
  ],
  [
    "half a surrogate pair",
    "/v1/chat/completions",
    chat({ messages: [{ role: "user", content: "\ud800" }] }),
    "messages[0].content",
  ],
  ["tools", "/v1/chat/completions", chat({ tools: [{ type: "function" }] }), "tools[0].function"],
  ["a forced tool", "/v1/chat/completions", chat({ tool_choice: "required" }), "tool_choice"],
  ["a form", "/v1/chat/completions", chat({ response_format: { type: "xml" } }), "response_format"],
  [
    "a schema without a name",
    "/v1/chat/completions",
    chat({ response_format: { type: "json_schema", json_schema: { schema: {} } } }),
    "response_format.json_schema.name",
  ],
  [
    "a keyword that is not enforced",
    "/v1/chat/completions",
    chat({
      response_format: { type: "json_schema", json_schema: { name: "a", schema: { not: {} } } },
    }),
    "response_format.json_schema.schema",
  ],
  [
    "a schema that nothing satisfies",
    "/v1/chat/completions",
    chat({
      response_format: { type: "json_schema", json_schema: { name: "a", schema: { enum: [] } } },
    }),
    "response_format.json_schema.schema",
  ],
  [
    "a schema whose shortest text is longer than the answer",
    "/v1/chat/completions",
    chat({
      max_tokens: 3,
      response_format: {
        type: "json_schema",
        json_schema: { name: "a", schema: { const: "longer than that" } },
      },
    }),
    "response_format",
  ],
  ["audio", "/v1/chat/completions", chat({ modalities: ["text", "audio"] }), "modalities"],
  [
    "__proto__",
    "/v1/chat/completions",
    '{"model":"tiny","messages":[],"__proto__":{"n":9}}',
    "messages",
  ],
  [
    "a bias of __proto__",
    "/v1/completions",
    '{"model":"tiny","prompt":"a","logit_bias":{"__proto__":1}}',
    "logit_bias",
  ],
  [
    "a bias beyond the vocabulary",
    "/v1/completions",
    text({ logit_bias: { 9999: 1 } }),
    "logit_bias",
  ],
  ["a bias too large", "/v1/completions", text({ logit_bias: { 5: 101 } }), "logit_bias.5"],
  ["text for a number", "/v1/completions", text({ temperature: "1" }), "temperature"],
  ["a negative temperature", "/v1/completions", text({ temperature: -1 }), "temperature"],
  ["a huge number", "/v1/completions", '{"model":"tiny","prompt":"a","top_p":1e999}', "top_p"],
  ["a fraction", "/v1/completions", text({ n: 1.5 }), "n"],
  ["too many choices", "/v1/completions", text({ n: 9 }), "n"],
  ["a huge max_tokens", "/v1/completions", text({ max_tokens: 1e15 }), null],
  ["a negative max_tokens", "/v1/completions", text({ max_tokens: -1 }), "max_tokens"],
  ["best_of other than n", "/v1/completions", text({ best_of: 2 }), "best_of"],
  ["33 stops", "/v1/completions", text({ stop: Array(33).fill("a") }), "stop"],
  ["an empty stop", "/v1/completions", text({ stop: ["a", ""] }), "stop[1]"],
  ["a stop of another type", "/v1/completions", text({ stop: 3 }), "stop"],
  ["an empty list of prompts", "/v1/completions", text({ prompt: [] }), "prompt"],
  ["ids beyond the vocabulary", "/v1/completions", text({ prompt: [1, 999] }), "prompt"],
  ["mixed prompts", "/v1/completions", text({ prompt: ["a", 1] }), "prompt[1]"],
  ["a text and ids", "/v1/completions", text({ prompt: ["a", [1]] }), "prompt[1]"],
  ["ids and a text", "/v1/completions", text({ prompt: [[1], "a"] }), "prompt[1]"],
  ["an id and a text", "/v1/completions", text({ prompt: [1, "a"] }), "prompt"],
  ["suffix without sentinels", "/v1/completions", text({ suffix: "b" }), "suffix"],
  ["log-probabilities beyond five", "/v1/completions", text({ logprobs: 6 }), "logprobs"],
  ["top_logprobs alone", "/v1/chat/completions", chat({ top_logprobs: 1 }), "top_logprobs"],
  [
    "stream_options alone",
    "/v1/completions",
    text({ stream_options: { include_usage: true } }),
    "stream_options",
  ],
  ["stream of another type", "/v1/completions", text({ stream: "yes" }), "stream"],
  ["a field that nobody knows", "/v1/completions", text({ foo: 1 }), "foo"],
  [
    "embeddings of a model without an encoder",
    "/v1/embeddings",
    { model: "tiny", input: "a" },
    "model",
  ],
];

describe("a request that is wrong", () => {
  let handler: Handler;
  beforeAll(async () => {
    handler = createHandler({ tiny: await tinyChat(64) }, { maxBodyBytes: 200_000 });
  });
  afterAll(async () => {
    expect(await metric(handler, "running_sequences")).toBe(0);
    expect(await metric(handler, "waiting_sequences")).toBe(0);
    expect(await metric(handler, "used_pages")).toBe(0);
    await handler.close();
  });

  it.each(refused)("is 400 and names its field: %s", async (_, path, body, param) => {
    const { status, body: answer } = await ask(handler, post(path, body));
    expect({ status, param: answer.error.param }).toEqual({ status: 400, param });
    expect(answer.error.type).toBe("invalid_request_error");
  });

  it("is 404 for an unknown model, and for names that every object has", async () => {
    for (const model of ["other", "__proto__", "constructor", "toString"]) {
      const { status, body } = await ask(handler, post("/v1/completions", text({ model })));
      expect({ status, code: body.error.code }).toEqual({ status: 404, code: "model_not_found" });
    }
  });

  it("is told both numbers when prompt and answer exceed the context", async () => {
    const long = "a".repeat(100);
    for (const request of [
      post("/v1/completions", text({ prompt: long })),
      post("/v1/completions", text({ max_tokens: 64 })),
      post("/v1/chat/completions", chat({ messages: [{ role: "user", content: long }] })),
      post("/v1/chat/completions", chat({ max_tokens: 60 })),
    ]) {
      const { status, body } = await ask(handler, request);
      expect({ status, code: body.error.code }).toEqual({
        status: 400,
        code: "context_length_exceeded",
      });
      expect(body.error.message).toMatch(/64 tokens.*\d+ in the prompt/);
    }
  });

  it("is 413 when its body is larger than allowed, as announced or as read", async () => {
    const announced = post("/v1/completions", "{}", {
      headers: { "content-length": "2000000000" },
    });
    expect((await ask(handler, announced)).status).toBe(413);
    let pulled = 0;
    const endless = new ReadableStream({
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(40_000).fill(0x20));
      },
    });
    const streamed = new Request("http://127.0.0.1/v1/completions", {
      method: "POST",
      body: endless,
      headers: { "content-type": "application/json" },
      duplex: "half",
    });
    expect((await ask(handler, streamed)).status).toBe(413);
    expect(pulled).toBeLessThan(10);
  });

  it("is 415 without the type of JSON, 400 when it is no UTF-8, 405 by another method", async () => {
    const plain = post("/v1/completions", text({}), { headers: { "content-type": "text/plain" } });
    expect((await ask(handler, plain)).status).toBe(415);
    const broken = new Request("http://127.0.0.1/v1/completions", {
      method: "POST",
      body: new Uint8Array([0x22, 0xff, 0x22]),
      headers: { "content-type": "application/json" },
    });
    expect((await ask(handler, broken)).status).toBe(400);
    const response = await handler(
      new Request("http://127.0.0.1/v1/completions", { method: "PUT" }),
    );
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
  });

  it("is 400, not queued, when it can never fit the cache", async () => {
    const small = createHandler(
      { tiny: await tinyChat(64) },
      { batcher: { cacheTokens: 16, pageTokens: 4, maxSequences: 2 } },
    );
    for (const more of [{ max_tokens: 40 }, { n: 3 }]) {
      const { status } = await ask(small, post("/v1/completions", text(more)));
      expect(status).toBe(400);
    }
    await small.close();
  });
});

describe("fields that change nothing", () => {
  it("are accepted, and null is left out", async () => {
    const handler = createHandler({ tiny: await tinyChat(64) });
    const idle = {
      user: "u",
      store: true,
      metadata: { a: "b" },
      stop: null,
      tools: [],
      seed: null,
    };
    const more = {
      tool_choice: "auto",
      response_format: { type: "text" },
      logprobs: false,
      n: null,
    };
    const request = post("/v1/chat/completions", chat({ ...idle, ...more }));
    expect((await ask(handler, request)).status).toBe(200);
    const stopless = post("/v1/completions", text({ stop: [], logit_bias: null, suffix: null }));
    expect((await ask(handler, stopless)).status).toBe(200);
    await handler.close();
  });
});

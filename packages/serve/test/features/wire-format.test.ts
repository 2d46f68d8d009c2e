import { sharedIsMissing } from "@deepgrain/vitest/shared";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHandler, type Handler } from "../../src";
import { ask, chunksOf, get, type Json, post } from "../support/ask";
import { stories, tinyEncoder } from "../support/models";
import { problemsOf } from "../support/openai-schemas";

describe.skipIf(sharedIsMissing)("answers", () => {
  let handler: Handler;
  beforeAll(async () => {
    handler = createHandler({ stories: await stories(), encoder: await tinyEncoder() });
  });
  afterAll(() => handler?.close());

  const messages = [
    { role: "developer", content: "Tell a story." },
    { role: "user", content: [{ type: "text", text: "Once" }] },
  ];
  const chat = (body: object) =>
    post("/v1/chat/completions", { model: "stories", messages, max_tokens: 6, seed: 1, ...body });
  const complete = (body: object) =>
    post("/v1/completions", { model: "stories", prompt: "Once upon", seed: 1, ...body });

  it("are chat completions of the published schema, with null where there is nothing", async () => {
    for (const more of [{}, { n: 3 }, { logprobs: true, top_logprobs: 2 }, { temperature: 0 }]) {
      const { status, body } = await ask(handler, chat(more));
      expect(status).toBe(200);
      expect(problemsOf("CreateChatCompletionResponse", body)).toEqual([]);
      expect(body.choices).toHaveLength("n" in more ? 3 : 1);
      if (!("logprobs" in more)) expect(body.choices[0].logprobs).toBeNull();
      expect(body.usage.completion_tokens).toBe(6 * body.choices.length);
    }
  });

  it("are chunks of the published schema: the role, pieces, the reason, usage without choices", async () => {
    const response = await handler(
      chat({ stream: true, n: 2, logprobs: true, stream_options: { include_usage: true } }),
    );
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const chunks = await chunksOf(response);
    for (const chunk of chunks)
      expect(problemsOf("CreateChatCompletionStreamResponse", chunk)).toEqual([]);
    for (const index of [0, 1]) {
      const own = chunks
        .flatMap(({ choices }: Json) => choices)
        .filter((one) => one.index === index);
      expect(own[0].delta).toEqual({ role: "assistant", content: "", refusal: null });
      expect(own.at(-1)).toEqual({ index, delta: {}, logprobs: null, finish_reason: "length" });
      for (const { delta, finish_reason } of own.slice(1, -1)) {
        expect(Object.keys(delta)).toEqual(["content"]);
        expect(finish_reason).toBeNull();
      }
      expect(own.flatMap(({ logprobs }) => logprobs?.content ?? [])).toHaveLength(6);
    }
    const last = chunks.at(-1);
    expect(last.choices).toEqual([]);
    expect(last.usage).toMatchObject({ completion_tokens: 12 });
    expect(chunks.slice(0, -1).every(({ usage }: Json) => usage === null)).toBe(true);
    expect(new Set(chunks.map(({ id }: Json) => id)).size).toBe(1);
  });

  it("follow a JSON schema, whole and in pieces, and any object without one", async () => {
    const schema = {
      type: "object",
      properties: { name: { type: "string", maxLength: 9 }, ok: { type: "boolean" } },
      required: ["name", "ok"],
      additionalProperties: false,
    };
    const json_schema = { name: "answer", strict: true, schema };
    const response_format = { type: "json_schema", json_schema };
    const asked = { response_format, max_tokens: 60, n: 2 };
    const { status, body } = await ask(handler, chat(asked));
    expect({ status, body }).toMatchObject({ status: 200 });
    expect(problemsOf("CreateChatCompletionResponse", body)).toEqual([]);
    const chunks = await chunksOf(await handler(chat({ ...asked, stream: true })));
    for (const { index, message, finish_reason } of body.choices) {
      expect(finish_reason).toBe("stop");
      const value = JSON.parse(message.content);
      expect(Object.keys(value)).toEqual(["name", "ok"]);
      const own = chunks
        .flatMap(({ choices }: Json) => choices)
        .filter((one) => one.index === index);
      expect(own.map(({ delta }) => delta.content ?? "").join("")).toBe(message.content);
    }
    const any = { response_format: { type: "json_object" }, max_tokens: 40 };
    const [{ message }] = (await ask(handler, chat(any))).body.choices;
    expect(JSON.parse(message.content)).toBeTypeOf("object");
  });

  it("have no usage in a stream that did not ask for it", async () => {
    const chunks = await chunksOf(await handler(chat({ stream: true })));
    expect(chunks.every((chunk: Json) => !("usage" in chunk))).toBe(true);
  });

  it("are text completions of the published schema, whose chunks have null reasons as in its example", async () => {
    for (const more of [{}, { n: 2, best_of: 2 }, { logprobs: 2 }, { prompt: ["Once", "Lily"] }]) {
      const { body } = await ask(handler, complete(more));
      expect(problemsOf("CreateCompletionResponse", body)).toEqual([]);
    }
    const options = { stream: true, stream_options: { include_usage: true } };
    const chunks = await chunksOf(await handler(complete(options)));
    const [last, ...others] = [...chunks].reverse();
    expect(problemsOf("CreateCompletionResponse", last)).toEqual([]);
    expect(others[0].choices[0]).toMatchObject({ text: "", finish_reason: "length" });
    for (const chunk of others) {
      const { usage, choices, ...rest } = chunk;
      const [choice] = choices;
      const told = { ...rest, choices: [{ ...choice, finish_reason: "stop" }] };
      expect(problemsOf("CreateCompletionResponse", told)).toEqual([]);
      expect(usage).toBeNull();
    }
    expect(others.slice(1).every(({ choices }) => choices[0].finish_reason === null)).toBe(true);
  });

  it("are embeddings, models and errors of the published schemas", async () => {
    const input = ["one", "two"];
    const { body } = await ask(handler, post("/v1/embeddings", { model: "encoder", input }));
    expect(problemsOf("CreateEmbeddingResponse", body)).toEqual([]);
    const list = await ask(handler, get("/v1/models"));
    expect(problemsOf("ListModelsResponse", list.body)).toEqual([]);
    const one = await ask(handler, get("/v1/models/stories"));
    expect(problemsOf("Model", one.body)).toEqual([]);
    for (const request of [
      get("/v1/models/none"),
      get("/v1/responses"),
      post("/v1/completions", {}),
    ]) {
      const { status, body } = await ask(handler, request);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(problemsOf("ErrorResponse", body)).toEqual([]);
    }
  });

  it("give the same text whole and in pieces, alone and beside others of the same request", async () => {
    const whole = await ask(handler, complete({ n: 3, max_tokens: 20 }));
    const chunks = await chunksOf(await handler(complete({ n: 3, max_tokens: 20, stream: true })));
    for (const index of [0, 1, 2]) {
      const pieces = chunks
        .flatMap(({ choices }: Json) => choices)
        .filter((one) => one.index === index);
      expect(pieces.map(({ text }) => text).join("")).toBe(whole.body.choices[index].text);
    }
  });

  it("score a prompt that is echoed, and place each token in it", async () => {
    const prompt = "Once upon a time, there was";
    const asked = { prompt, echo: true, logprobs: 1, max_tokens: 0, temperature: 0 };
    const { body } = await ask(handler, complete(asked));
    const [{ text, logprobs, finish_reason }] = body.choices;
    expect({ text, finish_reason }).toEqual({ text: prompt, finish_reason: "length" });
    expect(logprobs.token_logprobs[0]).toBeNull();
    expect(logprobs.token_logprobs.slice(1).every((p: number) => p < 0)).toBe(true);
    const words = logprobs.tokens.map((token: string) => token.trim());
    for (const [i, at] of logprobs.text_offset.entries())
      if (i > 0) expect(text.slice(at).trimStart().startsWith(words[i])).toBe(true);
    const ids = await ask(handler, complete({ ...asked, prompt: [1, 403, 407], echo: true }));
    expect(ids.body.usage).toMatchObject({ prompt_tokens: 3, completion_tokens: 0 });
  });

  it("keep the space between a prompt and its continuation", async () => {
    const { body } = await ask(handler, complete({ temperature: 0, max_tokens: 2 }));
    expect(body.choices[0].text).toBe(" a time");
  });
});

/** @file Answers have exactly the fields of values that are assignable to the types of `openai`. */
import { sharedIsMissing } from "@deepgrain/vitest/shared";
import type OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHandler, type Handler } from "../../src";
import { ask, chunksOf, get, post } from "../support/ask";
import { stories, tinyEncoder } from "../support/models";

const text: string = expect.any(String);
const number: number = expect.any(Number);
const numbers: number[] = expect.any(Array);
const usage = { prompt_tokens: number, completion_tokens: number, total_tokens: number };
const named = { id: text, created: number, model: "stories", system_fingerprint: text };
const token = { token: text, logprob: number, bytes: numbers };

describe.skipIf(sharedIsMissing)("answers are assignable to openai's types", () => {
  let handler: Handler;
  beforeAll(async () => {
    handler = createHandler({ stories: await stories(), encoder: await tinyEncoder() });
  });
  afterAll(() => handler?.close());

  const messages = [{ role: "user", content: "Once" }];
  const shared = { model: "stories", seed: 1, max_tokens: 1 };
  const chat = (more: object) => post("/v1/chat/completions", { ...shared, messages, ...more });
  const completion = (more: object) =>
    post("/v1/completions", { ...shared, prompt: "Once upon", ...more });

  it("as a chat completion, with and without log-probabilities", async () => {
    const choice: OpenAI.ChatCompletion.Choice = {
      index: 0,
      message: { role: "assistant", content: text, refusal: null },
      logprobs: null,
      finish_reason: "length",
    };
    const wanted: OpenAI.ChatCompletion = {
      ...named,
      object: "chat.completion",
      choices: [choice],
      usage,
    };
    expect((await ask(handler, chat({}))).body).toEqual(wanted);
    const logprobs: OpenAI.ChatCompletion.Choice.Logprobs = {
      content: [{ ...token, top_logprobs: [token, token] }],
      refusal: null,
    };
    const scored = await ask(handler, chat({ logprobs: true, top_logprobs: 2 }));
    expect(scored.body).toEqual({ ...wanted, choices: [{ ...choice, logprobs }] });
  });

  it("as the chunks of a chat completion", async () => {
    const chunk = (
      delta: OpenAI.ChatCompletionChunk.Choice.Delta,
      finish_reason: "length" | null = null,
    ): OpenAI.ChatCompletionChunk => ({
      ...named,
      object: "chat.completion.chunk",
      choices: [{ index: 0, delta, logprobs: null, finish_reason }],
      usage: null,
    });
    const last: OpenAI.ChatCompletionChunk = { ...chunk({}), choices: [], usage };
    const options = { stream: true, stream_options: { include_usage: true } };
    const chunks = await chunksOf(await handler(chat(options)));
    expect(chunks[0]).toEqual(chunk({ role: "assistant", content: "", refusal: null }));
    for (const one of chunks.slice(1, -2)) expect(one).toEqual(chunk({ content: text }));
    expect(chunks.at(-2)).toEqual(chunk({}, "length"));
    expect(chunks.at(-1)).toEqual(last);
  });

  it("as a completion, an embedding, a model and a list of models", async () => {
    const logprobs: OpenAI.CompletionChoice.Logprobs = {
      text_offset: numbers,
      token_logprobs: numbers,
      tokens: expect.any(Array),
      top_logprobs: [expect.any(Object)],
    };
    const completed: OpenAI.Completion = {
      ...named,
      object: "text_completion",
      choices: [{ index: 0, text, logprobs, finish_reason: "length" }],
      usage,
    };
    expect((await ask(handler, completion({ logprobs: 1 }))).body).toEqual(completed);
    const embedded: OpenAI.CreateEmbeddingResponse = {
      object: "list",
      data: [{ object: "embedding", index: 0, embedding: numbers }],
      model: "encoder",
      usage: { prompt_tokens: number, total_tokens: number },
    };
    const embedding = post("/v1/embeddings", { model: "encoder", input: "one" });
    expect((await ask(handler, embedding)).body).toEqual(embedded);
    const model: OpenAI.Model = { id: "stories", object: "model", created: number, owned_by: text };
    expect((await ask(handler, get("/v1/models/stories"))).body).toEqual(model);
    const { body } = await ask(handler, get("/v1/models"));
    expect(body).toEqual({ object: "list", data: [model, { ...model, id: "encoder" }] });
  });
});

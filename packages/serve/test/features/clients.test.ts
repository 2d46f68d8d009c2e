import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { sharedIsMissing } from "@deepgrain/vitest/shared";
import { embed, generateText, streamText } from "ai";
import OpenAI, {
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  NotFoundError,
  RateLimitError,
} from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHandler } from "../../src";
import { metric, PATIENCE } from "../support/ask";
import { stories, tinyEncoder } from "../support/models";
import { type Served, serveHttp } from "../support/serve-http";

const key = "sk-test";
const authorization = { authorization: `Bearer ${key}` };

describe.skipIf(sharedIsMissing)("real clients", () => {
  let served: Served;
  let openai: OpenAI;
  let handler: ReturnType<typeof createHandler>;
  beforeAll(async () => {
    const models = { stories: await stories(), encoder: await tinyEncoder() };
    handler = createHandler(models, { keys: [key], batcher: { maxSequences: 4, queue: 4 } });
    served = await serveHttp(handler);
    openai = new OpenAI({ baseURL: `${served.url}/v1`, apiKey: key, maxRetries: 0 });
  });
  afterAll(() => served?.close());

  const messages = [{ role: "user" as const, content: "Once upon a time" }];
  const settings = { model: "stories", messages, max_tokens: 12, seed: 3 };

  it("of OpenAI list models, chat and complete", async () => {
    const ids = [];
    for await (const { id } of openai.models.list()) ids.push(id);
    expect(ids).toEqual(["stories", "encoder"]);
    expect((await openai.models.retrieve("stories")).owned_by).toBe("deepgrain");
    const answer = await openai.chat.completions.create({ ...settings, n: 3 });
    expect(answer.choices.map(({ index }) => index)).toEqual([0, 1, 2]);
    const again = await openai.chat.completions.create({ ...settings, n: 3 });
    const texts = ({ choices }: typeof answer) => choices.map(({ message }) => message.content);
    expect(texts(again)).toEqual(texts(answer));
    expect(new Set(texts(answer)).size).toBe(3);
    const done = await openai.completions.create({
      model: "stories",
      prompt: "Once upon",
      temperature: 0,
      stop: "girl",
      max_tokens: 20,
      logprobs: 1,
    });
    expect(done.choices[0]).toMatchObject({
      text: " a time, there was a little ",
      finish_reason: "stop",
    });
    expect(done.choices[0]!.logprobs!.tokens!.join("")).toBe(" a time, there was a little");
  });

  it("of OpenAI stream with usage, logprobs and the helper that collects a stream", async () => {
    const options = { logprobs: true, top_logprobs: 2, stream_options: { include_usage: true } };
    const runner = openai.chat.completions.stream({ ...settings, ...options });
    const final = await runner.finalChatCompletion();
    const whole = await openai.chat.completions.create({
      ...settings,
      ...options,
      stream_options: null,
    });
    expect(final.choices[0]!.message.content).toBe(whole.choices[0]!.message.content);
    expect(final.choices[0]!.logprobs).toEqual(whole.choices[0]!.logprobs);
    expect(final.usage).toEqual(whole.usage);
  });

  it("of OpenAI read embeddings, as base64 by default", async () => {
    const input = ["Once upon a time", "there was"];
    const read = await openai.embeddings.create({ model: "encoder", input });
    const floats = await openai.embeddings.create({
      model: "encoder",
      input,
      encoding_format: "float",
    });
    for (const [i, { embedding }] of read.data.entries()) {
      expect(embedding).toBeAllclose(floats.data[i]!.embedding, { rtol: 0, atol: 1e-7 });
      expect(Math.hypot(...embedding)).toBeCloseTo(1, 5);
    }
  });

  it("of OpenAI see errors by their class", async () => {
    const wrong = new OpenAI({ baseURL: `${served.url}/v1`, apiKey: "no", maxRetries: 0 });
    await expect(wrong.models.list()).rejects.toBeInstanceOf(AuthenticationError);
    const unknown = openai.chat.completions.create({ ...settings, model: "none" });
    await expect(unknown).rejects.toBeInstanceOf(NotFoundError);
    const tools = [{ type: "function" as const, function: { name: "f", parameters: {} } }];
    const refused = openai.chat.completions.create({ ...settings, tools });
    await expect(refused).rejects.toBeInstanceOf(BadRequestError);
    await expect(refused).rejects.toMatchObject({ param: "tools", status: 400 });
  });

  it("that leave in the middle of a stream, or before its first token, leave no row", async () => {
    const long = { ...settings, max_tokens: 300, temperature: 0 };
    const stream = await openai.chat.completions.create({ ...long, stream: true });
    for await (const _ of stream) break;
    const stop = new AbortController();
    const early = openai.chat.completions.create({ ...long, n: 4 }, { signal: stop.signal });
    const refused = expect(early).rejects.toBeInstanceOf(APIUserAbortError);
    setImmediate(() => stop.abort());
    await refused;
    for (const name of ["running_sequences", "waiting_sequences"])
      await expect.poll(() => metric(handler, name, authorization), PATIENCE).toBe(0);
  });

  it("of OpenAI are told to wait by a full queue, and succeed when they try again", async () => {
    const patient = new OpenAI({ baseURL: `${served.url}/v1`, apiKey: key, maxRetries: 5 });
    const request = { ...settings, max_tokens: 100 };
    const ask = (client: OpenAI) => client.chat.completions.create(request);
    const results = await Promise.allSettled(Array.from({ length: 16 }, () => ask(openai)));
    const refused = results.filter(({ status }) => status === "rejected");
    expect(refused.length).toBeGreaterThan(0);
    for (const { reason } of refused as PromiseRejectedResult[]) {
      expect(reason).toBeInstanceOf(RateLimitError);
      expect(reason.headers.get("retry-after")).toBe("1");
    }
    const all = await Promise.all(Array.from({ length: 16 }, () => ask(patient)));
    expect(all).toHaveLength(16);
  });

  it("of the AI SDK generate, stream, embed and stop", async () => {
    const baseURL = `${served.url}/v1`;
    const provider = createOpenAICompatible({
      name: "deepgrain",
      baseURL,
      apiKey: key,
      includeUsage: true,
    });
    const model = provider("stories");
    const system = "Tell a story.";
    const prompt = "Once upon a time";
    const asked = { model, system, prompt, maxOutputTokens: 12, seed: 3 } as const;
    const { text, finishReason, usage } = await generateText(asked);
    expect({ finishReason, tokens: usage.outputTokens }).toEqual({
      finishReason: "length",
      tokens: 12,
    });
    const streamed = streamText(asked);
    let joined = "";
    for await (const piece of streamed.textStream) joined += piece;
    expect(joined).toBe(text);
    expect(await streamed.usage).toMatchObject({ outputTokens: 12 });
    const { embedding } = await embed({
      model: provider.textEmbeddingModel("encoder"),
      value: "Once",
    });
    expect(embedding).toHaveLength(16);
    await expect(
      generateText({ ...asked, model: provider("none"), maxRetries: 0 }),
    ).rejects.toMatchObject({ statusCode: 404 });
  });
});

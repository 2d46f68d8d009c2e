import { setBackend } from "@deepgrain/tensor-gpu";
import { type ChatResponse, type Message, Ollama } from "ollama";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHandler, type Handler } from "../../src";
import { metric, PATIENCE } from "../support/ask";
import { fimMarks, tinyChat, tinyEncoder } from "../support/models";
import { type Served, serveHttp } from "../support/serve-http";
import { agent, scripted, tools } from "../support/tools";

/** The results of both tools. */
const results: Record<string, (args: Record<string, unknown>) => string> = {
  weather: ({ city }) => `30 °C in ${city}`,
  add: ({ a, b }) => String(Number(a) + Number(b)),
};

const told = "It is 30 °C in Rome and 5.";

const calls = [
  { function: { name: "weather", arguments: { city: "Rome" } } },
  { function: { name: "add", arguments: { a: 2, b: 3 } } },
];

describe("Ollama's client", () => {
  let handler: Handler;
  let served: Served;
  let ollama: Ollama;
  beforeAll(async () => {
    setBackend("wasm");
    const fim = ({ prefix, suffix }: { prefix: string; suffix: string }) =>
      `${fimMarks[0]}${prefix}${fimMarks[1]}${suffix}${fimMarks[2]}`;
    const models = {
      agent: await scripted(agent),
      tiny: { ...(await tinyChat(512, fimMarks)), fim },
      encoder: await tinyEncoder(),
    };
    handler = createHandler(models, { doors: ["ollama"], keys: ["one"] });
    served = await serveHttp(handler);
    ollama = new Ollama({ host: served.url, headers: { authorization: "Bearer one" } });
  });
  afterAll(() => served?.close());

  const first: Message = { role: "user", content: "Hot?" };
  const asked = { model: "agent", tools, options: { num_predict: 400 }, keep_alive: "5m" };

  /** The conversation with the results of an answer's calls. */
  const answered = (message: Message): Message[] => [
    first,
    message,
    ...(message.tool_calls ?? []).map(({ function: { name, arguments: args } }) => ({
      role: "tool",
      tool_name: name,
      content: results[name]!(args),
    })),
  ];

  /** The message of a stream, and its last object. */
  async function joined(stream: AsyncIterable<ChatResponse>) {
    const message: Message = { role: "assistant", content: "", tool_calls: [] };
    let last: ChatResponse | undefined;
    for await (const part of stream) {
      message.content += part.message.content;
      message.tool_calls!.push(...(part.message.tool_calls ?? []));
      last = part;
    }
    return { message, last: last! };
  }

  it("calls two tools and tells their results, whole and in pieces", async () => {
    const one = await ollama.chat({ ...asked, messages: [first] });
    expect(one.message).toEqual({ role: "assistant", content: "I look.", tool_calls: calls });
    const two = await ollama.chat({ ...asked, messages: answered(one.message) });
    expect(two.message).toEqual({ role: "assistant", content: told });
    const three = await joined(await ollama.chat({ ...asked, messages: [first], stream: true }));
    expect(three.message).toEqual(one.message);
    const messages = answered(three.message);
    const four = await joined(await ollama.chat({ ...asked, messages, stream: true }));
    expect(four.message.content).toBe(told);
    for (const end of [two, four.last]) {
      expect(end).toMatchObject({ model: "agent", done: true, done_reason: "stop" });
      expect(end.eval_count).toBe(two.eval_count);
      expect(end.prompt_eval_count).toBe(two.prompt_eval_count);
      expect(Number.isNaN(Date.parse(String(end.created_at)))).toBe(false);
      const { total_duration, prompt_eval_duration, eval_duration, load_duration } = end;
      for (const nanoseconds of [total_duration, prompt_eval_duration, eval_duration])
        expect(Number.isSafeInteger(nanoseconds) && nanoseconds > 0).toBe(true);
      expect(prompt_eval_duration + eval_duration).toBeLessThanOrEqual(total_duration);
      expect(load_duration).toBe(0);
    }
  });

  it("generates, in a template, raw, around a hole, and in a form", async () => {
    const options = { temperature: 0, num_predict: 8 };
    const request = { model: "tiny:latest", prompt: "Once", options };
    const whole = await ollama.generate(request);
    expect(whole).toMatchObject({ model: "tiny", eval_count: 8, done_reason: "length" });
    let text = "";
    for await (const { response } of await ollama.generate({ ...request, stream: true }))
      text += response;
    expect(text).toBe(whole.response);
    const raw = await ollama.generate({ ...request, raw: true });
    expect(raw.prompt_eval_count).toBe(4); // a byte each
    expect(whole.prompt_eval_count).toBeGreaterThan(raw.prompt_eval_count);
    const hole = await ollama.generate({ ...request, suffix: "end" });
    expect(hole.prompt_eval_count).toBe(4 + 3 + 3);
    const format = { type: "object", properties: { a: { type: "boolean" } }, required: ["a"] };
    const limited = { ...format, additionalProperties: false };
    const formed = await ollama.generate({
      ...request,
      format: limited,
      options: { ...options, num_predict: 200, temperature: 1, seed: 1 },
    });
    expect(typeof JSON.parse(formed.response!).a).toBe("boolean");
  });

  it("embeds, lists and shows", async () => {
    const one = await ollama.embed({ model: "encoder", input: "abc" });
    expect(one.embeddings).toHaveLength(1);
    const two = await ollama.embed({ model: "encoder", input: ["abc", "de"], truncate: false });
    expect(two.embeddings[0]).toEqual(one.embeddings[0]);
    expect(Math.hypot(...two.embeddings[1]!)).toBeCloseTo(1, 5);
    expect(two.prompt_eval_count).toBe(5 + 4);
    const { models } = await ollama.list();
    expect(models.map(({ name, model }) => [name, model])).toEqual([
      ["agent", "agent"],
      ["tiny", "tiny"],
      ["encoder", "encoder"],
    ]);
    expect(models[1]!.details.quantization_level).toBe("float32");
    const shown = async (model: string) => {
      const { capabilities, model_info } = await ollama.show({ model });
      return { capabilities, info: model_info };
    };
    const info = (length: number) => ({
      "general.architecture": "transformer",
      "transformer.context_length": length,
    });
    expect(await shown("agent")).toEqual({
      capabilities: ["completion", "tools"],
      info: info(2048),
    });
    expect(await shown("tiny")).toEqual({
      capabilities: ["completion", "insert"],
      info: info(512),
    });
    const encoder = await shown("encoder");
    expect(encoder.capabilities).toEqual(["embedding"]);
    expect(encoder.info).toMatchObject({ "transformer.embedding_length": expect.any(Number) });
  });

  it("hears that a model is loaded, and why a request is refused", async () => {
    expect(await ollama.chat({ model: "tiny" })).toMatchObject({ done: true, done_reason: "load" });
    const loaded = await ollama.generate({ model: "tiny", prompt: "" });
    expect(loaded).toMatchObject({ response: "", done: true, done_reason: "load" });
    await expect(ollama.chat({ model: "none", messages: [first] })).rejects.toThrow(
      'The model "none" does not exist.',
    );
    const stranger = new Ollama({ host: served.url });
    await expect(stranger.list()).rejects.toThrow(/API key/);
    await expect(ollama.pull({ model: "tiny" })).rejects.toThrow("There is nothing at this path.");
  });

  it("ends a request that it aborts", async () => {
    const options = { num_predict: 400, temperature: 0 };
    const stream = await ollama.chat({ model: "tiny", messages: [first], options, stream: true });
    await expect(async () => {
      for await (const _ of stream) stream.abort();
    }).rejects.toThrow(/abort/);
    const authorization = { authorization: "Bearer one" };
    await expect.poll(() => metric(handler, "running_sequences", authorization), PATIENCE).toBe(0);
  });
});

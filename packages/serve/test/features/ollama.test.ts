import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHandler, type Handler } from "../../src";
import { ask, get, type Json, metric, PATIENCE, post } from "../support/ask";
import { tinyChat, tinyEncoder } from "../support/models";
import { agent, scripted, tools } from "../support/tools";

const messages = [{ role: "user", content: "a" }];
const call = { function: { name: "weather", arguments: { city: "Rome" } } };
const called = { role: "assistant", content: "", tool_calls: [call, call] };
const deep = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
const deepCall = [
  { role: "assistant", tool_calls: [{ function: { name: "add", arguments: { a: "deep" } } }] },
];
const tool = (i: number) => ({ type: "function", function: { name: `tool${i}` } });

/** Some text of a wrong type, and others that nobody means. */
const wrong: unknown[] = [5, true, [], {}, [5], [null], "x", -1, 1e300, "\ud800", [[]], { a: 1 }];

describe("Ollama's door", () => {
  let handler: Handler;
  beforeAll(async () => {
    const models = {
      tiny: await tinyChat(256),
      agent: await scripted(agent),
      encoder: await tinyEncoder(),
    };
    handler = createHandler(models, { doors: ["ollama"], batcher: { maxSequences: 4, queue: 4 } });
  });
  afterAll(() => handler.close());

  const chat = (more: object) =>
    ask(handler, post("/api/chat", { model: "tiny", messages, stream: false, ...more }));
  const generate = (more: object) =>
    ask(handler, post("/api/generate", { model: "tiny", prompt: "a", stream: false, ...more }));

  it("streams lines of JSON where nothing is said, and the last one counts and times", async () => {
    const options = { num_predict: 6, temperature: 0 };
    const response = await handler(post("/api/chat", { model: "tiny", messages, options }));
    expect(response.headers.get("content-type")).toBe("application/x-ndjson");
    const text = await response.text();
    expect(text.endsWith("\n")).toBe(true);
    const lines = text.slice(0, -1).split("\n");
    const objects: Json[] = lines.map((line) => JSON.parse(line));
    const { body } = await chat({ options });
    expect(objects.map(({ message }) => message.content).join("")).toBe(body.message.content);
    for (const object of objects.slice(0, -1))
      expect(object).toEqual({
        model: "tiny",
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        message: { role: "assistant", content: expect.any(String) },
        done: false,
      });
    expect(objects.at(-1)).toEqual({
      ...body,
      created_at: expect.any(String),
      message: { role: "assistant", content: "" },
      total_duration: expect.any(Number),
      prompt_eval_duration: expect.any(Number),
      eval_duration: expect.any(Number),
    });
    expect(body).toMatchObject({ done: true, done_reason: "length", eval_count: 6 });
  });

  it("draws as options say", async () => {
    const drawn = { options: { seed: 7, temperature: 1.5, num_predict: 20 } };
    const one = (await chat(drawn)).body.message.content;
    expect((await chat(drawn)).body.message.content).toBe(one);
    const options = { temperature: 0, num_predict: 20 };
    const greedy = (await chat({ options })).body;
    const { content } = greedy.message;
    const stop = [...content][2]!;
    const stopped = (await chat({ options: { ...options, stop: [stop] } })).body;
    expect(stopped.message.content).toBe(content.slice(0, content.indexOf(stop)));
    expect(stopped.done_reason).toBe("stop");
    const top = { temperature: 2, top_k: 1, num_predict: 20 };
    expect((await chat({ options: top })).body.message).toEqual(greedy.message);
    const penalised = { temperature: 0, num_predict: 20, repeat_penalty: 50 };
    expect((await chat({ options: penalised })).body.message).not.toEqual(greedy.message);
  });

  it("takes what changes nothing: how models are loaded, and values that ask for nothing", async () => {
    const loading = { num_ctx: 4096, num_thread: 8, num_gpu: 1, use_mmap: true, num_batch: 2 };
    const neutral = { mirostat: 0, tfs_z: 1, typical_p: 1, repeat_last_n: -1 };
    const options = { ...loading, ...neutral, num_predict: 2 };
    for (const keep_alive of ["5m", "1h30m", -1, "-1s", 300, null])
      expect((await chat({ options, keep_alive, format: "", tools: [] })).status).toBe(200);
    const idle = { images: [], context: [], template: "", system: "", suffix: "" };
    expect((await generate({ options, ...idle })).status).toBe(200);
  });

  it("pairs results with calls by tool, by id, and in their order", async () => {
    const conversation = (results: object[], calls: object[] = [call, call]) => ({
      model: "agent",
      tools,
      options: { num_predict: 200 },
      messages: [...messages, { ...called, tool_calls: calls }, ...results],
    });
    const result = (content: string, more: object = {}) => ({ role: "tool", content, ...more });
    const told = async (results: object[], calls?: object[]) =>
      (await chat(conversation(results, calls))).body.message?.content;
    expect(await told([result("1"), result("2")])).toBe("It is 1 and 2.");
    const two = [call, { id: "x", type: "function", function: { name: "add" } }];
    const byName = [result("1", { tool_name: "add" }), result("2", { tool_name: "weather" })];
    expect(await told(byName, two)).toBe("It is 1 and 2.");
    const byId = [result("1", { tool_call_id: "x" }), result("2")];
    expect(await told(byId, two)).toBe("It is 1 and 2.");
    for (const results of [
      [result("1", { tool_name: "none" })],
      [result("1"), result("2"), result("3")],
      [result("1", { tool_call_id: "y" })],
    ]) {
      const { status, body } = await chat(conversation(results));
      expect([status, body.error]).toEqual([
        400,
        expect.stringMatching(/no call.*without a result/),
      ]);
    }
  });

  it("tells a call that is cut by its limit as none", async () => {
    const cut = { model: "agent", tools, options: { num_predict: 50 } };
    const { body } = await chat(cut);
    expect(body).toMatchObject({ done_reason: "length", message: { content: "I look." } });
    expect(body.message.tool_calls).toBeUndefined();
  });

  it.each([
    ["no model", { model: undefined }, "model"],
    ["messages that are an object", { messages: {} }, "messages"],
    ["a role that is none", { messages: [{ role: "developer", content: "a" }] }, "role"],
    ["a picture", { messages: [{ role: "user", content: "a", images: ["iVBO"] }] }, "images"],
    ["content in parts", { messages: [{ role: "user", content: [] }] }, "content"],
    ["calls by a user", { messages: [{ ...called, role: "user" }] }, "tool_calls"],
    ["129 calls", { messages: [{ ...called, tool_calls: Array(129).fill(call) }] }, "128"],
    ["a call without a function", { messages: [{ ...called, tool_calls: [{}] }] }, "function"],
    ["200 tools", { tools: Array.from({ length: 200 }, (_, i) => tool(i)) }, "128"],
    ["a tool twice", { tools: [tool(1), tool(1)] }, "tool1"],
    ["tools for a model without", { tools: [tool(1)] }, "tools"],
    ["a format beside tools", { model: "agent", tools, format: "json" }, "format"],
    ["a format that is a number", { format: 5 }, "format"],
    ["a format that is a word", { format: "xml" }, "format"],
    ["a schema that is refused", { format: { not: {} } }, "not"],
    ["a schema of a million brackets", { format: { const: "deep" } }, "format"],
    ["arguments of a million brackets", { model: "agent", messages: deepCall }, "arguments"],
    ["a call by a number", { model: "agent", messages: [{ ...called, tool_calls: [5] }] }, "calls"],
    [
      "a call that has no name",
      { model: "agent", messages: [{ ...called, tool_calls: [{ function: {} }] }] },
      "name",
    ],
    ["options that are a list", { options: [] }, "options"],
    ["mirostat", { options: { mirostat: 2 } }, "options.mirostat"],
    ["a typical_p", { options: { typical_p: 0.5 } }, "options.typical_p"],
    ["a penalty of the last 64", { options: { repeat_last_n: 64 } }, "options.repeat_last_n"],
    ["an option that is none", { options: { temprature: 1 } }, "options.temprature"],
    ["a temperature of 3", { options: { temperature: 3 } }, "options.temperature"],
    ["more tokens than the context", { options: { num_predict: 5000 } }, "context length"],
    ["33 stop strings", { options: { stop: Array(33).fill("a") } }, "stop"],
    ["keep_alive of 0", { keep_alive: 0 }, "keep_alive"],
    ["keep_alive of 0s", { keep_alive: "0s" }, "keep_alive"],
    ["keep_alive that is no duration", { keep_alive: "soon" }, "keep_alive"],
    ["think", { think: true }, "think"],
    ["logprobs", { logprobs: true }, "logprobs"],
    ["a long text", { messages: [{ role: "user", content: "a ".repeat(500_000) }] }, "context"],
  ])("refuses %s by name, in Ollama's form", async (_, more, named) => {
    const body = JSON.stringify({ model: "tiny", messages, stream: false, ...more });
    const sent = body.replace('"deep"', deep(500_000));
    const answer = await ask(handler, post("/api/chat", sent));
    expect(answer).toEqual({ status: 400, body: { error: expect.stringContaining(named) } });
  });

  it.each([
    ["pictures", { images: ["iVBO"] }, "images"],
    ["a template", { template: "{{ .Prompt }}" }, "template"],
    ["a context of before", { context: [1, 2] }, "context"],
    ["think", { think: "high" }, "think"],
    ["a suffix for a model without", { suffix: "b" }, "fill in the middle"],
    ["a system message beside raw", { system: "b", raw: true }, "system"],
    ["sizes of pictures", { width: 5 }, "width"],
    ["a prompt that is a list", { prompt: ["a"] }, "prompt"],
    ["an encoder", { model: "encoder" }, "embeddings only"],
  ])("refuses to generate with %s", async (_, more, named) => {
    const answer = await generate(more);
    expect(answer).toEqual({ status: 400, body: { error: expect.stringContaining(named) } });
  });

  it.each([
    ["no input", {}, "input"],
    ["2,049 texts", { input: Array(2049).fill("a") }, "2048"],
    ["an empty text", { input: ["a", ""] }, "input[1]"],
    ["truncate", { input: "a", truncate: true }, "truncate"],
    ["other dimensions", { input: "a", dimensions: 3 }, "dimensions"],
    ["a text that is too long", { input: "a ".repeat(100_000) }, "context length"],
    ["a model that makes none", { model: "tiny", input: "a" }, "makes no embeddings"],
  ])("refuses to embed %s", async (_, more, named) => {
    const answer = await ask(handler, post("/api/embed", { model: "encoder", ...more }));
    expect(answer).toEqual({ status: 400, body: { error: expect.stringContaining(named) } });
  });

  it("answers every field of every wrong type with 200 or a reason, never with 500", async () => {
    const fields = {
      "/api/chat": ["model", "messages", "tools", "format", "options", "stream", "keep_alive"],
      "/api/generate": ["model", "prompt", "suffix", "system", "raw", "images", "options"],
      "/api/embed": ["model", "input", "truncate", "dimensions", "options", "keep_alive"],
      "/api/show": ["model", "verbose", "system"],
    };
    const options = { num_predict: 1 };
    for (const [path, names] of Object.entries(fields))
      for (const name of names)
        for (const value of wrong) {
          const own = { "/api/chat": { messages }, "/api/generate": { prompt: "a" } }[path];
          const model = path === "/api/embed" ? "encoder" : "tiny";
          const more = path === "/api/show" ? {} : { options };
          const response = await handler(post(path, { model, ...own, ...more, [name]: value }));
          const text = await response.text();
          const which = `${path} ${name}: ${JSON.stringify(value)}`;
          expect([200, 400, 404], which).toContain(response.status);
          if (response.status !== 200) expect(typeof JSON.parse(text).error, which).toBe("string");
        }
    expect(await metric(handler, "running_sequences")).toBe(0);
  });

  it("leaves nothing behind where streams are closed, and a full queue is 429", async () => {
    const options = { num_predict: 200, temperature: 0 };
    const request = () => post("/api/generate", { model: "tiny", prompt: "a", raw: true, options });
    const responses = await Promise.all(Array.from({ length: 12 }, () => handler(request())));
    const statuses = responses.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(8);
    const busy = responses.find(({ status }) => status === 429)!;
    expect(await busy.json()).toEqual({ error: expect.stringContaining("queue is full") });
    expect(busy.headers.get("retry-after")).toBe("1");
    for (const { status, body } of responses) if (status === 200) await body!.cancel();
    await expect.poll(() => metric(handler, "running_sequences"), PATIENCE).toBe(0);
    expect(await metric(handler, "used_pages")).toBe(0);
    expect((await handler(get("/api/tags"))).status).toBe(200);
  });

  it("tells an error in a stream as its last line", async () => {
    const short = createHandler({ tiny: await tinyChat(256) }, { doors: ["ollama"] });
    const options = { num_predict: 200, temperature: 0 };
    const response = await short(post("/api/chat", { model: "tiny", messages, options }));
    await short.close();
    const lines = (await response.text()).trimEnd().split("\n");
    expect(JSON.parse(lines.at(-1)!)).toEqual({ error: expect.stringContaining("shutting down") });
  });
});

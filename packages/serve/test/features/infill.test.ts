import { type Batcher, createBatcher } from "@deepgrain/lm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHandler, type Handler, type ServedModel } from "../../src";
import { ask, get, type Json, metric, PATIENCE, post } from "../support/ask";
import { fimMarks, type TestModel, tinyChat } from "../support/models";

/** A prompt with a hole; a part that spells a sentinel is refused, as `fimPrompt` of `@deepgrain/coder` does. */
const fim: ServedModel["fim"] = ({ prefix, suffix, files = [] }) => {
  const others = files.map(({ path, text }) => `#${path}\n${text}\n`).join("");
  if (fimMarks.some((mark) => (prefix + suffix + others).includes(mark)))
    throw new Error("a sentinel");
  return `${fimMarks[0]}${others}${prefix}${fimMarks[1]}${suffix}${fimMarks[2]}`;
};

const [prefix, suffix] = ["def f(x):\n", "\n    return y"];
const asked = { input_prefix: prefix, input_suffix: suffix, temperature: 0, n_predict: 12 };

describe("/infill", () => {
  let tiny: TestModel;
  let handler: Handler;
  const prompts: (readonly number[])[] = [];
  beforeAll(async () => {
    tiny = await tinyChat(512, fimMarks);
    const inner = createBatcher(tiny.model);
    const batcher: Batcher = {
      generate(request) {
        prompts.push(request.prompt);
        return inner.generate(request);
      },
      numbers: () => inner.numbers(),
      close: () => inner.close(),
    };
    const served = { tokenizer: tiny.tokenizer, batcher, contextLength: 512, fim };
    handler = createHandler({ tiny: served, alias: served });
    return () => inner.close();
  });
  afterAll(() => handler.close());

  const infill = (more: object = {}) => ask(handler, post("/infill", { ...asked, ...more }));
  /** The tokens of the prompt of a request. */
  async function promptOf(more: object): Promise<readonly number[]> {
    expect((await infill(more)).status).toBe(200);
    return prompts.at(-1)!;
  }
  const ids = (text: string) => tiny.tokenizer.encode(text);

  it("reads prefix, suffix, other files and the begun middle as the model's own prompt", async () => {
    expect(await promptOf({})).toEqual(ids(fim({ prefix, suffix })));
    const files = [
      { path: "a.py", text: "A = 1" },
      { path: "b.py", text: "B = 2" },
    ];
    const input_extra = files.map(({ path, text }) => ({ filename: path, text, time: 1 }));
    const whole = ids(`${fim({ prefix, suffix, files })}    y = `);
    expect(await promptOf({ input_extra, prompt: "    y = " })).toEqual(whole);
  });

  it("writes what a text completion with suffix writes, whole and in pieces", async () => {
    const more = { model: "tiny", prompt: prefix, suffix, temperature: 0, max_tokens: 12 };
    const { body } = await ask(handler, post("/v1/completions", more));
    const plain = await infill({ samplers: ["temperature"] });
    expect(plain.body.content).toBe(body.choices[0].text);
    const response = await handler(
      post("/infill", { ...asked, samplers: ["temperature"], stream: true }),
    );
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const events = (await response.text()).trimEnd().split("\n\n");
    const chunks = events.map((event) => JSON.parse(event.replace(/^data: /, "")) as Json);
    expect(chunks.map(({ content }) => content).join("")).toBe(plain.body.content);
    expect(chunks.map(({ stop }) => stop)).toEqual(chunks.map((_, i) => i === chunks.length - 1));
    const { timings: _, ...last } = chunks.at(-1);
    const { timings, ...own } = plain.body;
    expect(last).toEqual({ ...own, content: "" });
    expect(own).toEqual({
      index: 0,
      content: expect.any(String),
      model: "tiny",
      stop: true,
      tokens_predicted: 12,
      tokens_evaluated: ids(fim({ prefix, suffix })).length,
      has_new_line: expect.any(Boolean),
      truncated: false,
      stop_type: "limit",
      stopping_word: "",
    });
    expect(timings).toMatchObject({ prompt_n: own.tokens_evaluated, predicted_n: 12 });
    for (const value of Object.values(timings)) expect(value).toBeGreaterThan(0);
  });

  it("gives several answers as a list, and in pieces each by its index", async () => {
    const drawn = { n_cmpl: 3, seed: 5, temperature: 2, samplers: ["temperature"] };
    const { body } = await infill(drawn);
    expect(body.map(({ index }: Json) => index)).toEqual([0, 1, 2]);
    expect(new Set(body.map(({ content }: Json) => content)).size).toBe(3);
    const one = await infill({ ...drawn, response_fields: ["content"] });
    expect(one.body).toEqual(body.map(({ content }: Json) => ({ content })));
    const response = await handler(post("/infill", { ...asked, ...drawn, stream: true }));
    const events = (await response.text()).trimEnd().split("\n\n");
    const chunks: Json[] = events.map((event) => JSON.parse(event.replace(/^data: /, "")));
    for (const whole of body) {
      const own = chunks.filter(({ index }) => index === whole.index);
      expect(own.map(({ content }) => content).join("")).toBe(whole.content);
      expect(own.at(-1)).toMatchObject({ stop: true, tokens_predicted: whole.tokens_predicted });
    }
  });

  it("tells why it stopped: at a word, at the end of the text, at its limit", async () => {
    const { content } = (await infill()).body;
    const word = [...content][3]!;
    const stopped = await infill({ stop: [word] });
    expect(stopped.body).toMatchObject({ stop_type: "word", stopping_word: word });
    expect(stopped.body.content).toBe(content.slice(0, content.indexOf(word)));
    expect((await infill({ n_predict: 0 })).body).toMatchObject({
      content: "",
      tokens_predicted: 0,
      stop_type: "limit",
    });
  });

  it("gives the fields that response_fields names, each under its path", async () => {
    const response_fields = ["content", "timings/predicted_n", "tokens_cached", "__proto__", ""];
    const { body } = await infill({ response_fields });
    expect(body).toEqual({ content: expect.any(String), "timings/predicted_n": 12 });
    expect((await infill({ n_predict: 0, response_fields: [""] })).body).toEqual({});
  });

  it("draws as a seed says, and leaves out what samplers do not name", async () => {
    const drawn = { temperature: 2, seed: 5, top_k: 1 };
    const one = (await infill({ ...drawn, samplers: ["top_k"] })).body.content;
    expect((await infill()).body.content).toBe(one);
    const free = { ...drawn, samplers: ["temperature"], n_predict: 40 };
    const two = (await infill(free)).body.content;
    expect((await infill(free)).body.content).toBe(two);
    expect(two).not.toContain(one);
  });

  it.each([
    ["no prefix", { input_prefix: undefined }, "input_prefix"],
    ["a suffix that is a number", { input_suffix: 5 }, "input_suffix"],
    ["files that are no list", { input_extra: {} }, "input_extra"],
    ["a file without text", { input_extra: [{ filename: "a" }] }, "input_extra[0].text"],
    ["a file with more", { input_extra: [{ text: "", mode: 1 }] }, "input_extra[0].mode"],
    ["257 files", { input_extra: Array(257).fill({ text: "" }) }, "256"],
    ["a sentinel in the prefix", { input_prefix: fimMarks[1] }, "sentinel"],
    ["a sentinel in the begun middle", { prompt: `a${fimMarks[2]}` }, "sentinel"],
    ["a sentinel in a name", { input_extra: [{ filename: fimMarks[0], text: "" }] }, "sentinel"],
    ["half a character", { input_prefix: "\ud800" }, "input_prefix"],
    ["33 stop strings", { stop: Array(33).fill("a") }, "stop"],
    ["a temperature of 3", { temperature: 3 }, "temperature"],
    ["samplers that are a text", { samplers: "top_k" }, "samplers"],
    ["65 response fields", { response_fields: Array(65).fill("a") }, "response_fields"],
    ["nine answers", { n_cmpl: 9 }, "n_cmpl"],
    ["n_predict of -2", { n_predict: -2 }, "n_predict"],
    ["more tokens than the context", { n_predict: 5000 }, "context length"],
    ["a grammar", { grammar: "root ::= a" }, "grammar"],
    ["a long text", { input_prefix: "a ".repeat(500_000) }, "context length"],
  ])("refuses %s by name, in llama.cpp's form", async (_, more, named) => {
    const { status, body } = await infill(more);
    const message = expect.stringContaining(named);
    const error = { code: 400, message, type: "invalid_request_error" };
    expect({ status, body }).toEqual({ status: 400, body: { error } });
  });

  it("refuses a model that is not there, that cannot, and one of several that is not named", async () => {
    const missing = await infill({ model: "none" });
    expect([missing.status, missing.body.error.type]).toEqual([404, "not_found_error"]);
    const plain = await tinyChat(64);
    const cannot = createHandler({ plain });
    const own = await ask(cannot, post("/infill", asked));
    expect([own.status, own.body.error.message]).toEqual([
      400,
      expect.stringContaining("not trained to fill in the middle"),
    ]);
    const other = await tinyChat(64, fimMarks);
    const several = createHandler({ one: { ...tiny, fim }, two: { ...other, fim }, plain });
    const unnamed = await ask(several, post("/infill", asked));
    expect([unnamed.status, unnamed.body.error.message]).toEqual([
      400,
      "model is missing, and several models fill in the middle.",
    ]);
    expect((await ask(several, post("/infill", { ...asked, model: "one" }))).status).toBe(200);
    for (const one of [cannot, several]) await one.close();
  });

  it("leaves nothing behind where streams are closed", async () => {
    for (let i = 0; i < 5; i++) {
      const request = post("/infill", { ...asked, n_predict: 300, stream: true });
      const reader = (await handler(request)).body!.getReader();
      await reader.read();
      await reader.cancel();
    }
    await expect.poll(() => metric(handler, "running_sequences"), PATIENCE).toBe(0);
    expect(await metric(handler, "used_pages")).toBe(0);
    expect((await handler(get("/health"))).status).toBe(200);
  });
});

import type { Batcher, BatcherEvent, BatcherStream } from "@deepgrain/lm";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createHandler, type Handler } from "../../src";
import { ask, PATIENCE, post } from "../support/ask";
import { arriving, inCompany } from "../support/company";
import { type TestModel, tinyChat, tinyEncoder } from "../support/models";

const megabytes = 1.4e6;
/** The pre-tokenizer cuts the first one at each word, and the second nowhere. */
const words = "to be, or not to be.. ".repeat(Math.ceil(megabytes / 22));
const oneWord = "a".repeat(megabytes);

/** A batcher that reads any prompt at once, and writes nothing. */
function reader(): Batcher & { prompts: (readonly number[])[] } {
  const prompts: (readonly number[])[] = [];
  async function* events(): AsyncGenerator<BatcherEvent> {
    yield { type: "end", sample: 0, reason: "length" };
  }
  return {
    prompts,
    generate({ prompt }) {
      prompts.push(prompt);
      return Object.assign(events(), { stop: () => undefined }) as unknown as BatcherStream;
    },
    numbers: () => Promise.reject(new Error("it has none")),
    close: () => Promise.resolve(),
  };
}

const asChat = (content: string) => ({ messages: [{ role: "user", content }] });

describe("a request with megabytes of text", () => {
  let tiny: TestModel;
  let batcher: ReturnType<typeof reader>;
  let handler: Handler;
  beforeAll(async () => {
    tiny = await tinyChat(512);
    batcher = reader();
    const large = { batcher, contextLength: 2 ** 21, tokenizer: tiny.tokenizer };
    handler = createHandler({ tiny, large, encoder: await tinyEncoder() });
    await handler(post("/v1/completions", { model: "tiny", prompt: "a", max_tokens: 1 }));
  });
  afterAll(() => handler.close());

  const forms = [
    ["/v1/chat/completions", asChat],
    ["/v1/completions", (prompt: string) => ({ prompt })],
    ["/v1/completions", (prompt: string) => ({ prompt: ["a", prompt] })],
  ] as const;

  it.each(forms)(
    "beyond the context is 400 unread, while others are answered first: %s",
    async (path, form) => {
      const encode = vi.spyOn(tiny.tokenizer, "encode");
      const request = arriving(path, { model: "tiny", ...form(words) });
      const { status, body, long, others } = await inCompany(handler, request);
      expect(status).toBe(400);
      const { error } = body;
      expect(error).toMatchObject({ code: "context_length_exceeded" });
      expect(error.message).toMatch(/context length is 512 tokens, but there are at least \d+ in/);
      expect(Math.max(...others)).toBeLessThan(long);
      const pieces = Math.ceil(megabytes / 4096);
      expect(long - pieces).toBeLessThan(pieces / 2); // the text took no turns once it had arrived
      expect(encode).not.toHaveBeenCalled();
      encode.mockRestore();
    },
  );

  it.each([
    ["words", "/v1/chat/completions", asChat(words)],
    ["one word", "/v1/completions", { prompt: oneWord }],
  ])("within the context holds nobody: %s", async (_, path, form) => {
    const request = post(path, { model: "large", max_tokens: 1, ...form });
    const { status, body, long, others } = await inCompany(handler, request);
    expect(status).toBe(200);
    const { usage } = body;
    expect(usage.prompt_tokens).toBe(batcher.prompts.at(-1)!.length);
    expect(usage.prompt_tokens).toBeGreaterThanOrEqual(megabytes);
    expect(long).toBeGreaterThan(megabytes / 4096);
    expect(Math.max(...others)).toBeLessThan(long);
  });

  it("is embedded or refused by the same rule", async () => {
    const input = words;
    const request = arriving("/v1/embeddings", { model: "encoder", input: ["a", input] });
    const { status, body, long, others } = await inCompany(handler, request);
    expect(status).toBe(400);
    expect(body.error).toMatchObject({
      param: "input[1]",
      code: "context_length_exceeded",
      message: expect.stringMatching(/context length is 64 tokens, but input\[1\] has at least/),
    });
    expect(Math.max(...others)).toBeLessThan(long);
  });

  it("is given up when its client leaves, and holds no place", async () => {
    const stop = new AbortController();
    const one = createHandler(
      { large: { batcher, contextLength: 2 ** 21, tokenizer: tiny.tokenizer } },
      { batcher: { queue: 1, maxSequences: 1 } },
    );
    const body = { model: "large", prompt: oneWord, max_tokens: 1 };
    const before = batcher.prompts.length;
    const leaving = [0, 1].map(() => one(post("/v1/completions", body, { signal: stop.signal })));
    await new Promise((resolve) => setImmediate(resolve));
    const third = () => ask(one, post("/v1/completions", { ...body, prompt: "a" }));
    await expect.poll(async () => (await third()).status, PATIENCE).toBe(429);
    stop.abort();
    for (const response of await Promise.all(leaving)) expect(response.status).toBe(499);
    expect((await third()).status).toBe(200);
    expect(batcher.prompts.slice(before).map(({ length }) => length)).not.toContain(megabytes);
    await one.close();
  });

  it("of twenty thousand messages is answered", async () => {
    const messages = Array.from({ length: 20_000 }, () => ({ role: "user", content: "a" }));
    const request = post("/v1/chat/completions", { model: "large", max_tokens: 1, messages });
    const { status, long, others } = await inCompany(handler, request);
    expect(status).toBe(200);
    expect(Math.max(...others)).toBeLessThan(long);
  });
});

import { describe, expect, it } from "vitest";
import { createHandler, type RequestRecord } from "../../src";
import { metric, PATIENCE, post } from "../support/ask";
import { tinyChat } from "../support/models";

const streamed = { prompt: "Once", max_tokens: 200, temperature: 0, stream: true };

describe("a reader that never reads", () => {
  it("loses its request once its buffer is full, and holds nobody back", async () => {
    const records: RequestRecord[] = [];
    const handler = createHandler(
      { tiny: await tinyChat() },
      { streamBufferBytes: 2000, onRequest: (record) => records.push(record) },
    );
    const asked = { ...streamed, model: "tiny", logit_bias: { 1: -100 } };
    const response = await handler(post("/v1/completions", asked));
    const other = await handler(post("/v1/completions", { ...asked, max_tokens: 20 }));
    expect(await other.text()).toContain("[DONE]");
    await expect.poll(() => metric(handler, "running_sequences"), PATIENCE).toBe(0);
    expect(await metric(handler, "used_pages")).toBe(0);
    await expect(response.text()).rejects.toThrow("too slow");
    const stopped = records.find(({ status }) => status === 499)!;
    expect(stopped.tokens).toBeLessThan(200);
    await handler.close();
  });
});

describe("a client that leaves", () => {
  it("before the first token has no row, and its queue place is free", async () => {
    const handler = createHandler(
      { tiny: await tinyChat(200_000) },
      { batcher: { maxSequences: 1 }, streamBufferBytes: 2 ** 28 },
    );
    // Far more than is written while the test looks.
    const asked = { ...streamed, model: "tiny", max_tokens: 150_000, logit_bias: { 1: -100 } };
    const first = await handler(post("/v1/completions", asked));
    const stop = new AbortController();
    const waiting = handler(post("/v1/completions", asked, { signal: stop.signal }));
    await expect.poll(() => metric(handler, "waiting_sequences"), PATIENCE).toBe(1);
    stop.abort();
    expect((await waiting).status).toBe(499);
    await expect.poll(() => metric(handler, "waiting_sequences"), PATIENCE).toBe(0);
    await first.body!.cancel();
    await expect.poll(() => metric(handler, "running_sequences"), PATIENCE).toBe(0);
    await handler.close();
  });
});

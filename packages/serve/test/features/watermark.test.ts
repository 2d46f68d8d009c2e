import { sharedIsMissing } from "@deepgrain/vitest/shared";
import { createWatermark } from "@deepgrain/watermark";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHandler, type Handler } from "../../src";
import { ask, post } from "../support/ask";
import { stories, type TestModel } from "../support/models";

const key = "00112233445566778899aabbccddeeff";
const payload = [1, 0, 1, 1, 0, 0, 1, 0];
const tokens = 300;

describe.skipIf(sharedIsMissing)("a model with a watermark", () => {
  let model: TestModel;
  let handler: Handler;
  let watermark: ReturnType<typeof createWatermark>;
  beforeAll(async () => {
    model = await stories();
    const profile = { scheme: "mpac", vocab_size: 512, message_bits: 8, bias: 5 } as const;
    watermark = createWatermark(profile, key, { payload });
    handler = createHandler({ marked: { ...model, watermark }, plain: model });
  });
  afterAll(() => handler?.close());

  /** Ids of texts, one per seed, without an early end. */
  async function written(name: string): Promise<number[][]> {
    const texts = await Promise.all(
      Array.from({ length: 10 }, (_, seed) => {
        const request = { model: name, prompt: "Once upon a time", seed, n: 2, max_tokens: tokens };
        return ask(handler, post("/v1/completions", { ...request, logit_bias: { 2: -100 } }));
      }),
    );
    expect(new Set(texts.map(({ body }) => body.system_fingerprint))).toEqual(
      new Set([name === "marked" ? "marked-float32-mpac" : "plain-float32"]),
    );
    return texts.flatMap(({ body }) =>
      body.choices.map(({ text }: { text: string }) =>
        model.tokenizer.encode(text, { addSpecialTokens: false }),
      ),
    );
  }

  it("carries a payload that its profile has room for", () => {
    expect(watermark.capacity({ tokens, usable: 0.5 }).tokensNeeded).toBeLessThanOrEqual(tokens);
  });

  it("writes texts that decode with p < 1e-6, nineteen of twenty", async () => {
    const texts = await written("marked");
    const decoded = texts.filter((ids) => {
      const { pValue, bits } = watermark.decode(ids);
      return pValue < 1e-6 && payload.every((bit, i) => bits[i] === bit);
    });
    expect(texts).toHaveLength(20);
    expect(decoded.length).toBeGreaterThanOrEqual(19);
  });

  it("differs from one without, none of whose texts has p < 1e-3", async () => {
    const texts = await written("plain");
    expect(Math.min(...texts.map((ids) => watermark.detect(ids).pValue))).toBeGreaterThan(1e-3);
  });

  it("gives the same text for a seed, in a stream and beside other choices", async () => {
    const request = { model: "marked", prompt: "Lily", seed: 5, max_tokens: 20 };
    const one = await ask(handler, post("/v1/completions", request));
    const two = await ask(handler, post("/v1/completions", { ...request, n: 2 }));
    expect(two.body.choices[0].text).toBe(one.body.choices[0].text);
    expect(two.body.choices[1].text).not.toBe(one.body.choices[0].text);
  });
});

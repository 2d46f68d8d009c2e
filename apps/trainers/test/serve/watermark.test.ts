import type { CausalLM, Tokenizer } from "@deepgrain/lm";
import { createHandler, type Handler } from "@deepgrain/serve";
import { openModelParts } from "@deepgrain/studies/balance-marking/open-model";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { createWatermark } from "@deepgrain/watermark";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const key = "00112233445566778899aabbccddeeff";
const payload = [1, 0, 1, 1, 0, 0, 1, 0];
const tokens = 300;

interface Body {
  system_fingerprint: string;
  choices: { text: string }[];
}

async function complete(handler: Handler, body: object): Promise<Body> {
  const headers = { "content-type": "application/json" };
  const init = { method: "POST", headers, body: JSON.stringify(body) };
  const response = await handler(new Request("http://127.0.0.1/v1/completions", init));
  expect(response.status).toBe(200);
  return (await response.json()) as Body;
}

describe.skipIf(sharedIsMissing)("a model with a watermark", () => {
  let model: { model: CausalLM; tokenizer: Tokenizer };
  let handler: Handler;
  let watermark: ReturnType<typeof createWatermark>;
  beforeAll(async () => {
    const folder = shared("data/models/stories260K");
    const parts = await openModelParts(
      { model: folder, tokenizer: undefined },
      new AbortController().signal,
    );
    model = { model: parts.model!, tokenizer: parts.tokenizer! };
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
        return complete(handler, { ...request, logit_bias: { 2: -100 } });
      }),
    );
    expect(new Set(texts.map((body) => body.system_fingerprint))).toEqual(
      new Set([name === "marked" ? "marked-float32-mpac" : "plain-float32"]),
    );
    return texts.flatMap((body) =>
      body.choices.map(({ text }) => model.tokenizer.encode(text, { addSpecialTokens: false })),
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
    const one = await complete(handler, request);
    const two = await complete(handler, { ...request, n: 2 });
    expect(two.choices[0]!.text).toBe(one.choices[0]!.text);
    expect(two.choices[1]!.text).not.toBe(one.choices[0]!.text);
  });
});

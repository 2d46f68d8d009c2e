import { createRandom, generate, multinomial } from "@deepgrain/lm";
import { noGrad, tidy } from "@deepgrain/tensor-gpu";
import {
  createWatermark,
  type Processor,
  type ProfileInput,
  proxyFromLogits,
  uniformProxy,
} from "@deepgrain/watermark";
import { describe, expect, it } from "vitest";
import { secret, tinyModel, vocabSize } from "./tiny-model";

const model = tinyModel();
const prompt = [5, 17, 200, 31];
const size = { vocab_size: vocabSize } as const;
const eight = { ...size, message_bits: 8, bias: 4 };
const payload = Uint8Array.of(1, 0, 1, 1, 0, 0, 1, 0);
const profiles: ProfileInput[] = [
  { scheme: "kgw", ...size },
  { scheme: "kgw", ...size, seeding_scheme: "minhash" },
  { scheme: "kgw", ...size, seeding_scheme: "selfhash", selfhash_candidates: vocabSize },
  { scheme: "unigram", ...size, bias: 4 },
  { scheme: "exp", ...size },
  { scheme: "synthid", ...size },
  { scheme: "unbiased", ...size },
  { scheme: "unbiased", ...size, reweight: "delta" },
  { scheme: "dip", ...size },
  { scheme: "mpac", ...eight },
  { scheme: "rs-segment", ...eight },
  { scheme: "ctwl-vanilla", ...eight, message_code_len: 8 },
  { scheme: "ctwl-balance", ...eight, message_code_len: 8 },
];

async function write(
  processor: Processor,
  {
    rows = [prompt],
    seed = 3,
    count = 120,
  }: { rows?: number[][]; seed?: number; count?: number } = {},
): Promise<number[][]> {
  const random = createRandom(seed).next;
  const events = generate(model, rows, {
    maxNewTokens: count,
    logitsProcessors: [processor],
    sampler: (logits) => multinomial(logits, random),
    eosTokenId: null,
  });
  for (;;) {
    const { done, value } = await events.next();
    if (done) return value;
  }
}

/** The same without a cache and without `generate`. */
async function writeByHand(processor: Processor, seed = 3, count = 40): Promise<number[]> {
  const random = createRandom(seed).next;
  const ids = [...prompt];
  for (let i = 0; i < count; i++) {
    const logits = tidy(() =>
      noGrad(() =>
        model.forward({ ids, batch: 1, length: ids.length }).narrow(1, ids.length - 1, 1),
      ),
    );
    const row = (await logits.data()) as Float32Array;
    ids.push(multinomial(processor(ids, row), random));
  }
  return ids.slice(prompt.length);
}

describe("the processor in generate", () => {
  it.each(profiles)("leaves a mark that is found again, profile %j", async (profile) => {
    const watermark = createWatermark(profile, secret, { proxy: uniformProxy(vocabSize) });
    const processor = watermark.createProcessor(watermark.messageBits ? { payload } : {});
    const [text] = await write(processor);
    expect(text).toHaveLength(120);
    expect(watermark.detect(text!).verdict).toBe("found");
    if (watermark.messageBits) expect(watermark.decode(text!).bits).toEqual(payload);
  });

  it("chooses the tokens that the processor alone would choose", async () => {
    const watermark = createWatermark({ scheme: "kgw", ...size }, secret);
    const [text] = await write(watermark.createProcessor(), { count: 40 });
    expect(text).toEqual(await writeByHand(watermark.createProcessor()));
  });

  it("finds no mark in what was written without it", async () => {
    const watermark = createWatermark({ scheme: "kgw", ...size }, secret);
    const idle = Object.assign((_: ArrayLike<number>, logits: Float32Array) => logits, {
      reset() {},
    });
    const [text] = await write(idle);
    expect(watermark.detect(text!).verdict).toBe("not-found");
  });

  it("marks every row of a batch of prompts of one length", async () => {
    const watermark = createWatermark({ scheme: "kgw", ...size, bias: 4 }, secret);
    const rows = [prompt, [9, 8, 7, 6]];
    for (const text of await write(watermark.createProcessor(), { rows }))
      expect(watermark.detect(text).verdict).toBe("found");
  });

  it("awaits an asynchronous proxy before every token", async () => {
    const calls: string[] = [];
    const proxy = proxyFromLogits("remote", vocabSize, async (context) => {
      await new Promise((resolve) => setImmediate(resolve));
      return Float32Array.from({ length: vocabSize }, (_, v) =>
        Math.sin(v * (context.at(-1) ?? 1)),
      );
    });
    const profile: ProfileInput = { scheme: "ctwl-balance", ...eight, message_code_len: 8 };
    const watermark = createWatermark(profile, secret, { proxy });
    const inner = watermark.createProcessor({ payload });
    expect(inner.isAsync!()).toBe(true);
    const processor: Processor = Object.assign(
      (ids: ArrayLike<number>, logits: Float32Array) => {
        calls.push(`mark ${ids.length}`);
        return inner(ids, logits);
      },
      {
        reset: inner.reset,
        async prepare(ids: ArrayLike<number>) {
          await inner.prepare!(ids);
          calls.push(`prepare ${ids.length}`);
        },
      },
    );
    const [text] = await write(processor);
    const lengths = Array.from({ length: 120 }, (_, i) => prompt.length + i);
    expect(calls).toEqual(lengths.flatMap((n) => [`prepare ${n}`, `mark ${n}`]));
    expect(() => watermark.detect(text!)).toThrowError(
      expect.objectContaining({ code: "ERR_ASYNC_PROXY" }),
    );
    await watermark.prepare(text!);
    expect(watermark.decode(text!).bits).toEqual(payload);
  });
});

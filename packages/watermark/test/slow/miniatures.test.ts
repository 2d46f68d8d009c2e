/**
 * @file The experiments of the paper in miniature, on an order-1 model of 256 tokens whose next-token
 * entropies run from near 0 to over 4 nats, sampled at temperature 1. Orders of magnitude, fixed seeds.
 * DEEPGRAIN_REPORT=1 prints the numbers. W12 (time) is `npm run bench`: nothing here looks at a clock.
 */
import { afterAll, describe, expect, it } from "vitest";
import { copyPaste, deleteTokens, insertTokens, substitute } from "../../src/attacks/token-attacks";
import { distinctN } from "../../src/metrics/quality";
import { auroc, bitAccuracy, wilson } from "../../src/metrics/rates";
import type { ProfileInput } from "../../src/profile";
import { type ProxyLM, proxyFromLogits, uniformProxy } from "../../src/proxy/proxy-lm";
import { createWatermark, type Watermark } from "../../src/watermark/create-watermark";
import {
  makeRandom,
  markovModel,
  perplexity,
  randomBits,
  randomKey,
  write,
} from "../support/language-model";

const size = 256;
const model = markovModel(size, 5, 3.2);
const same = proxyFromLogits("same", size, (ids) => model(ids));
const lines: string[] = [];
const report = (line: string) => lines.push(line);
afterAll(() => {
  if (process.env.DEEPGRAIN_REPORT) process.stderr.write(`${lines.join("\n")}\n`);
});

function noisyProxy(noise: number): ProxyLM {
  const other = markovModel(size, 99, 1);
  return proxyFromLogits(`noise ${noise}`, size, (ids) => {
    const logits = model(ids);
    const disturbance = other(ids);
    return logits.map((x, v) => x + noise * disturbance[v]!);
  });
}

interface Outcome {
  success: number;
  accuracy: number;
  perplexity: number;
  distinct2: number;
  z: number[];
  p: number[];
}
type Edit = (ids: number[], random: () => number) => number[];

/** Writes `runs` texts with fresh keys and payloads, and reads them back after `edit`. */
function experiment(
  profile: ProfileInput,
  tokens: number,
  runs: number,
  { proxy = same, edit, seed = 1 }: { proxy?: ProxyLM; edit?: Edit; seed?: number } = {},
): Outcome {
  const random = makeRandom(seed);
  const outcome: Outcome = { success: 0, accuracy: 0, perplexity: 0, distinct2: 0, z: [], p: [] };
  for (let run = 0; run < runs; run++) {
    const watermark = createWatermark(profile, randomKey(random), { proxy });
    const bits = watermark.messageBits;
    const payload = randomBits(bits, random);
    const prompt = [Math.floor(random() * size)];
    const processor = watermark.createProcessor(bits ? { payload } : {});
    const text = write(model, prompt, tokens, random, processor);
    const seen = edit ? edit(text, random) : text;
    const detection = bits ? watermark.decode(seen) : watermark.detect(seen);
    const accuracy = "bits" in detection ? bitAccuracy(detection.bits as Uint8Array, payload) : 1;
    outcome.accuracy += accuracy / runs;
    outcome.success += Number(accuracy === 1) / runs;
    outcome.perplexity += Math.log(perplexity(model, prompt, text)) / runs;
    outcome.distinct2 += distinctN(text, 2) / runs;
    outcome.z.push(detection.z);
    outcome.p.push(detection.pValue);
  }
  outcome.perplexity = Math.exp(outcome.perplexity);
  return outcome;
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const eight = {
  message_bits: 8,
  message_code_len: 8,
  encode_ratio: 25,
  top_k: 0,
  vocab_size: size,
};
const balance = (bias: number, fields: object = {}) =>
  ({ scheme: "ctwl-balance", ...eight, bias, ...fields }) as ProfileInput;
const vanilla = (bias: number) => ({ scheme: "ctwl-vanilla", ...eight, bias }) as ProfileInput;
const marked = 80 + 10; // the first ten tokens are not marked
const show = (o: Outcome) =>
  `success ${o.success.toFixed(2)} perplexity ${o.perplexity.toFixed(1)} distinct-2 ${o.distinct2.toFixed(2)}`;

describe("miniature experiments", () => {
  it("W1: Balance-Marking costs less perplexity than Vanilla, at no less success", () => {
    for (const bias of [1.5, 3]) {
      const b = experiment(balance(bias), marked, 100);
      const v = experiment(vanilla(bias), marked, 100);
      report(`W1 delta ${bias}: balance ${show(b)} | vanilla ${show(v)}`);
      expect(b.perplexity).toBeLessThan(v.perplexity);
      expect(wilson(b.success * 100, 100).high).toBeGreaterThanOrEqual(
        wilson(v.success * 100, 100).low,
      );
    }
  });

  it("W2: a worse proxy costs success and perplexity; a useless one is like Vanilla", () => {
    const [exact, mild, heavy, none] = [
      same,
      noisyProxy(0.7),
      noisyProxy(2.5),
      uniformProxy(size),
    ].map((proxy) => experiment(balance(2), marked, 80, { proxy })) as [
      Outcome,
      Outcome,
      Outcome,
      Outcome,
    ];
    const v = experiment(vanilla(2), marked, 80);
    report(
      `W2 same ${show(exact)} | mild ${show(mild)} | heavy ${show(heavy)} | none ${show(none)} | vanilla ${show(v)}`,
    );
    expect(exact.perplexity).toBeLessThan(heavy.perplexity);
    expect(mild.perplexity).toBeLessThan(heavy.perplexity);
    expect(exact.success).toBeGreaterThanOrEqual(heavy.success - 0.05);
    expect(Math.abs(Math.log(none.perplexity / v.perplexity))).toBeLessThan(0.12);
  });

  it("W3: success rises with length", () => {
    const rates = [30, 50, 90].map((tokens) => experiment(balance(2), tokens, 80).success);
    report(`W3 success at 20, 40, 80 marked tokens: ${rates.map((r) => r.toFixed(2)).join(" ")}`);
    expect(rates[0]).toBeLessThan(rates[1]!);
    expect(rates[1]).toBeLessThanOrEqual(rates[2]! + 0.02);
    expect(rates[2]).toBeGreaterThan(0.9);
  });

  it("W4: substitution costs success monotonically", () => {
    for (const [name, profile] of [
      ["balance", balance(1.5)],
      ["vanilla", vanilla(1.5)],
    ] as const) {
      const rates = [0, 0.1, 0.3, 0.5].map(
        (rate) =>
          experiment(profile, marked, 60, {
            edit: (ids, random) => substitute(ids, rate, { vocabSize: size }, random),
          }).success,
      );
      report(`W4 ${name} success at 0, 10, 30, 50 %: ${rates.map((r) => r.toFixed(2)).join(" ")}`);
      expect(rates[0]!).toBeGreaterThan(rates[2]!);
      expect(rates[1]!).toBeGreaterThanOrEqual(rates[2]! - 0.05);
      expect(rates[2]!).toBeGreaterThanOrEqual(rates[3]! - 0.05);
    }
  });

  it("W5: windows find a text pasted into 1,000 human tokens; the complete text does not show it", () => {
    const random = makeRandom(3);
    let whole = 0;
    let windowed = 0;
    let edited = 0;
    for (let run = 0; run < 12; run++) {
      const watermark = createWatermark(balance(3), randomKey(random), { proxy: same });
      const payload = randomBits(8, random);
      const text = write(model, [run], 210, random, watermark.createProcessor({ payload }));
      const human = write(model, [run + 50], 1000, random);
      const { ids } = copyPaste(text, human, 1, random);
      const isRight = (found: { bits: Uint8Array }) => found.bits.join() === payload.join();
      const plain = watermark.decode(ids);
      whole += Number(isRight(plain) && plain.verdict === "found");
      const pasted = watermark.decode(ids, { windows: { sizes: [200] } });
      windowed += Number(isRight(pasted) && pasted.verdict === "found");
      const worn = insertTokens(
        deleteTokens(text, 0.05, random),
        0.05,
        { vocabSize: size },
        random,
      );
      edited += Number(isRight(watermark.decode(worn)));
    }
    report(`W5 of 12: whole ${whole}, windows ${windowed}, 5 % deleted and 5 % inserted ${edited}`);
    expect(windowed).toBeGreaterThanOrEqual(11);
    expect(whole).toBeLessThan(windowed);
    expect(edited).toBeGreaterThanOrEqual(11);
  });

  it("W6: counting one half as the chance biases z on unmarked text; q_t does not", () => {
    const random = makeRandom(6);
    const naive: number[] = [];
    const corrected: number[] = [];
    for (let run = 0; run < 200; run++) {
      const watermark = createWatermark(balance(2), randomKey(random), { proxy: same });
      const text = write(model, [run % size], marked, random);
      // One fixed message: its z is that of a single hypothesis, not of the best.
      const candidates = [randomBits(8, random)];
      const { tokens, detection } = watermark.explain(text, { candidates });
      const used = tokens.filter((token) => token.isScored);
      const hits = used.reduce((sum, token) => sum + token.value, 0);
      naive.push((hits - used.length / 2) / Math.sqrt(used.length / 4));
      corrected.push(detection.z);
    }
    const sd = Math.sqrt(mean(corrected.map((z) => (z - mean(corrected)) ** 2)));
    report(
      `W6 naive z ${mean(naive).toFixed(2)}, corrected ${mean(corrected).toFixed(2)}, sd ${sd.toFixed(2)}`,
    );
    expect(mean(naive)).toBeGreaterThan(1);
    expect(Math.abs(mean(corrected))).toBeLessThan(0.25);
    expect(Math.abs(sd - 1)).toBeLessThan(0.2);
  });

  it("W7: z of KGW grows with the root of the length, and is nothing without a bias", () => {
    const z = [50, 100, 200].map((tokens) =>
      mean(experiment({ scheme: "kgw", vocab_size: size }, tokens, 40).z),
    );
    const none = mean(experiment({ scheme: "kgw", vocab_size: size, bias: 0 }, 100, 80).z);
    report(
      `W7 z at 50, 100, 200 tokens: ${z.map((x) => x.toFixed(1)).join(" ")}; delta 0: ${none.toFixed(2)}`,
    );
    expect(Math.abs(none)).toBeLessThan(1);
    expect(z[0]!).toBeGreaterThan(3);
    expect(z[1]! / z[0]!).toBeGreaterThan(1.15);
    expect(z[2]! / z[0]!).toBeLessThan(2.4);
  });

  it("W8: SynthID-Text leaves perplexity alone on average over keys, and z grows", () => {
    const one = experiment({ scheme: "synthid", vocab_size: size }, 100, 60);
    const two = experiment({ scheme: "synthid", vocab_size: size }, 200, 30);
    const plain = experiment({ scheme: "kgw", vocab_size: size, bias: 0 }, 100, 60);
    report(
      `W8 z ${mean(one.z).toFixed(1)} ${mean(two.z).toFixed(1)}; perplexity ${one.perplexity.toFixed(2)} against ${plain.perplexity.toFixed(2)}`,
    );
    expect(mean(two.z)).toBeGreaterThan(1.2 * mean(one.z));
    expect(Math.abs(Math.log(one.perplexity / plain.perplexity))).toBeLessThan(0.15);
  });

  it("W9: MPAC's bit accuracy falls with bits and rises with length and bias; exact match is far lower", () => {
    const mpac = (bits: number, tokens: number, bias: number) =>
      experiment({ scheme: "mpac", vocab_size: size, message_bits: bits, bias }, tokens, 40);
    const short = [8, 16, 32].map((bits) => mpac(bits, 100, 2));
    const long = mpac(32, 200, 2);
    const strong = mpac(32, 200, 3);
    report(
      `W9 bit accuracy T 100: ${short.map((o) => o.accuracy.toFixed(3)).join(" ")}; 32 bits T 200: ${long.accuracy.toFixed(3)}, delta 3 ${strong.accuracy.toFixed(3)}, exact ${long.success.toFixed(2)}`,
    );
    expect(short[0]!.accuracy).toBeGreaterThan(short[1]!.accuracy);
    expect(short[1]!.accuracy).toBeGreaterThan(short[2]!.accuracy);
    expect(long.accuracy).toBeGreaterThan(short[2]!.accuracy);
    expect(strong.accuracy).toBeGreaterThan(long.accuracy);
    expect(long.success).toBeLessThan(long.accuracy);
  });

  it("W10: Reed-Solomon raises exact match under edits, at equal bits and length", () => {
    const edit: Edit = (ids, random) => substitute(ids, 0.1, { vocabSize: size }, random);
    const at = (code_symbols: number) =>
      experiment(
        {
          scheme: "rs-segment",
          vocab_size: size,
          message_bits: 20,
          data_symbols: 4,
          code_symbols,
          symbol_bits: 5,
        },
        100,
        80,
        { edit },
      ).success;
    const [without, coded] = [at(4), at(6)];
    report(`W10 exact without code ${without.toFixed(2)}, with ${coded.toFixed(2)}`);
    expect(coded).toBeGreaterThan(without);
  });

  it("W11: one partition carries no message; a hundred are nearly as good as a thousand", () => {
    const rates = [1, 10, 100, 1000].map(
      (random_permutation_num) =>
        experiment(
          balance(2, { random_permutation_num }),
          marked,
          random_permutation_num > 100 ? 20 : 60,
        ).success,
    );
    report(`W11 success at R 1, 10, 100, 1000: ${rates.map((r) => r.toFixed(2)).join(" ")}`);
    expect(rates[0]!).toBeLessThan(0.1);
    expect(rates[2]!).toBeGreaterThan(0.85);
    expect(Math.abs(rates[3]! - rates[2]!)).toBeLessThan(0.2);
  });

  it("W13: repeats help decoding and are left out of p-values", () => {
    const random = makeRandom(13);
    let kept = 0;
    let dropped = 0;
    const p = { kept: [] as number[], dropped: [] as number[] };
    for (let run = 0; run < 60; run++) {
      const watermark = createWatermark(balance(1.5), randomKey(random), { proxy: same });
      const payload = randomBits(8, random);
      const text = write(model, [run], marked, random, watermark.createProcessor({ payload }));
      kept += Number(watermark.decode(text).bits.join() === payload.join());
      const { tokens } = watermark.explain(text, { candidates: [payload] });
      dropped += Number(tokens.filter((token) => token.isScored).length < marked - 10);
      const human = write(model, [run], 300, random);
      p.dropped.push(watermark.detect(human).pValue);
      p.kept.push(watermark.detect(human, { ignoreRepeated: false }).pValue);
    }
    report(
      `W13 success with repeats ${(kept / 60).toFixed(2)}; null p < 0.05: ${p.kept.filter((x) => x < 0.05).length} with, ${p.dropped.filter((x) => x < 0.05).length} without repeats, of 60`,
    );
    expect(dropped).toBeGreaterThan(0);
    expect(p.dropped.filter((x) => x < 0.05).length).toBeLessThanOrEqual(8);
  });

  it("W14: a wrong key decodes to chance, and its p-value says so", () => {
    const random = makeRandom(14);
    const accuracies: number[] = [];
    const right: number[] = [];
    const wrong: number[] = [];
    for (let run = 0; run < 60; run++) {
      const make = (): Watermark => createWatermark(balance(2), randomKey(random), { proxy: same });
      const [mine, other] = [make(), make()];
      const payload = randomBits(8, random);
      const text = write(model, [run], marked, random, mine.createProcessor({ payload }));
      const found = other.decode(text);
      accuracies.push(bitAccuracy(found.bits, payload));
      wrong.push(1 - found.pValue);
      right.push(1 - mine.decode(text).pValue);
    }
    report(
      `W14 wrong key: bit accuracy ${mean(accuracies).toFixed(2)}, AUROC of presence ${auroc(right, wrong).toFixed(3)}`,
    );
    expect(Math.abs(mean(accuracies) - 0.5)).toBeLessThan(0.1);
    expect(wrong.filter((x) => x > 0.99).length).toBeLessThanOrEqual(4);
    expect(auroc(right, wrong)).toBeGreaterThan(0.95);
  });
});

import { describe, expect, it } from "vitest";
import { decodableBits, tokensForBits } from "../src/core/decodable-bits";
import { hitRate, spikeEntropy } from "../src/core/hit-rate";
import { continueText, createSampler } from "../src/core/sampler";
import { calibrate } from "../src/metrics/calibrate";
import { type ComparisonRow, compareSchemes } from "../src/metrics/compare";
import { distinctN, perplexity, repetition } from "../src/metrics/quality";
import { auroc, bitAccuracy, codingRate, tprAtFpr, wilson } from "../src/metrics/rates";
import { createKey } from "../src/prf/key";
import { keyedPermutation } from "../src/prf/permutation";
import type { ProfileInput } from "../src/profile";
import { ngramFromJSON, trainNgram } from "../src/proxy/ngram";
import { proxyFromLogits } from "../src/proxy/proxy-lm";
import { balancedSegmentMap } from "../src/schemes/rs-segment/segment-map";
import {
  bayesianPosterior,
  synthIdGValues,
  trainBayesianDetector,
} from "../src/schemes/synthid/bayesian-detector";
import type { SynthIdProfile } from "../src/schemes/synthid/profile";
import { layerWeights } from "../src/schemes/synthid/tournament";
import { createWatermark } from "../src/watermark/create-watermark";
import { vectors } from "../src/watermark/vectors";
import { makeRandom, markovModel, write } from "./support/language-model";

const size = 128;
const model = markovModel(size, 21);
const key = "000102030405060708090a0b0c0d0e0f";

describe("capacity", () => {
  it("gives the hit rates and the table that follow from the normal distribution", () => {
    expect([1, 1.5, 2].map((bias) => hitRate(0.5, bias))).toBeAllclose([0.731, 0.8176, 0.8808], {
      rtol: 1e-3,
    });
    const needed = [
      [4, 40, 0.62],
      [8, 80, 0.65],
      [12, 100, 0.67],
      [16, 200, 0.65],
      [20, 400, 0.62],
    ] as const;
    for (const [bits, n, rate] of needed) {
      expect(decodableBits(n, rate + 0.012, 0.5)).toBeGreaterThanOrEqual(bits);
      expect(decodableBits(n, rate - 0.012, 0.5)).toBeLessThan(bits);
      expect(Math.abs(tokensForBits(bits, rate, 0.5) - n) / n).toBeLessThan(0.12);
    }
    expect(tokensForBits(8, 0.5, 0.5)).toBe(Number.POSITIVE_INFINITY);
  });

  it("is larger for flat distributions and longer texts", () => {
    expect(spikeEntropy([1, 0, 0], 0.5, 2)).toBeLessThan(spikeEntropy([0.3, 0.3, 0.4], 0.5, 2));
    const watermark = createWatermark({ scheme: "ctwl-vanilla", vocab_size: 99 }, key);
    const few = watermark.capacity({ tokens: 50 });
    const many = watermark.capacity({ tokens: 500, usable: 0.5 });
    expect(many.bits).toBeGreaterThan(few.bits);
    expect(few.tokensNeeded).toBeLessThan(many.tokensNeeded);
    const flat = watermark.capacity({ tokens: 100, spikeEntropy: 1 });
    expect(watermark.capacity({ tokens: 100, spikeEntropy: 0.8 }).bits).toBeLessThan(flat.bits);
  });
});

describe("rates", () => {
  it("have Wilson intervals and exact ranks", () => {
    const { rate, low, high } = wilson(8, 10);
    expect([rate, low, high]).toBeAllclose([0.8, 0.4902, 0.9433], { rtol: 1e-3 });
    expect(wilson(0, 0)).toEqual({ rate: 0, low: 0, high: 1, trials: 0 });
    expect(auroc([3, 4, 5], [1, 2, 3])).toBeCloseTo(8.5 / 9, 12);
    expect(tprAtFpr([3, 4, 5], [1, 2, 3.5, 0], 0.25)).toBe(1);
    expect(tprAtFpr([3, 4, 5], [1, 2, 3.5, 0], 0.01)).toBeCloseTo(2 / 3, 12);
    expect(bitAccuracy([1, 0, 1], [1, 1, 1])).toBeCloseTo(2 / 3, 12);
    expect(codingRate(20, 200)).toBe(0.1);
  });

  it("of text quality are those of the definitions", async () => {
    expect(distinctN([1, 1, 1, 1], 2)).toBeCloseTo(1 / 3, 12);
    expect(repetition([1, 2, 3, 4, 5])).toBe(0);
    const even = () => new Float32Array(8);
    expect(await perplexity(even, [1, 2, 3])).toBeCloseTo(8, 5);
    await expect(perplexity(even, [])).rejects.toThrow("at least 1 token");
  });
});

describe("n-gram models", () => {
  const corpus = [[1, 2, 3, 1, 2, 4, 1, 2, 3]];

  it("sum to one, back off, and follow the discounting formula", () => {
    const lm = trainNgram(corpus, { vocabSize: 6, order: 3, discount: 0.5 });
    for (const context of [[], [1], [1, 2], [5], [4, 2], [9, 9, 1, 2]])
      expect(lm.next(context).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    // p(3 | 1 2) = (2 - .5)/3 + .5*2/3 * p(3 | 2), p(3 | 2) = (2 - .5)/3 + .5*2/3 * p(3)
    const unigram = 3 / 15;
    const bigram = 0.5 + unigram / 3;
    expect(lm.next([1, 2])[3]).toBeCloseTo(0.5 + bigram / 3, 5);
  });

  it("survive JSON and refuse other data", () => {
    const lm = trainNgram(corpus, { vocabSize: 6 });
    const again = ngramFromJSON(JSON.parse(JSON.stringify(lm)));
    expect(again.next([1, 2])).toEqual(lm.next([1, 2]));
    expect(() => ngramFromJSON({} as never)).toThrow("not a deepgrain-ngram-1");
    expect(() => trainNgram([[7]], { vocabSize: 6 })).toThrow("id 7 at position 0");
    expect(() => trainNgram(corpus, { vocabSize: 6, order: 0 })).toThrow("order");
  });
});

describe("the sampler", () => {
  it("applies temperature, mark, top-k and top-p in this order", () => {
    const logits = () => Float32Array.from([2, 1, 0, -1]);
    const counts = new Float64Array(4);
    const sampler = createSampler(undefined, { random: makeRandom(1), temperature: 0.5 });
    for (let i = 0; i < 4000; i++) counts[sampler.next(logits())]!++;
    const total = Math.exp(4) + Math.exp(2) + 1 + Math.exp(-2);
    expect(counts[0]! / 4000).toBeCloseTo(Math.exp(4) / total, 1);
    const cut = createSampler(undefined, { random: makeRandom(1), topK: 2 });
    expect(new Set(Array.from({ length: 200 }, () => cut.next(logits())))).toEqual(new Set([0, 1]));
    const nucleus = createSampler(undefined, { random: makeRandom(1), topP: 0.5 });
    expect(new Set(Array.from({ length: 50 }, () => nucleus.next(logits())))).toEqual(new Set([0]));
    const greedy = createSampler(undefined, { random: makeRandom(1), temperature: 0, prompt: [3] });
    expect(greedy.next(logits())).toBe(0);
    expect(greedy.ids).toEqual([3, 0]);
    greedy.reset();
    expect(greedy.ids).toEqual([3]);
  });
});

describe("explain", () => {
  it("shows the evidence token by token and the strongest stretch", () => {
    const random = makeRandom(5);
    const watermark = createWatermark({ scheme: "kgw", vocab_size: size, bias: 4 }, key);
    const human = write(model, [1], 150, random);
    const marked = write(model, [1], 100, random, watermark.createProcessor());
    const ids = [...human, ...marked, ...human.slice(0, 50)];
    const { tokens, winMax, detection } = watermark.explain(ids, { ignoreRepeated: false });
    expect(tokens).toHaveLength(300);
    expect(tokens[0]!.isScored).toBe(false);
    const sum = tokens.reduce((total, token) => total + token.value, 0);
    expect(sum).toBe(detection.score);
    expect(winMax!.z).toBeGreaterThan(detection.z);
    expect(Math.abs(winMax!.window.start - 150)).toBeLessThan(25);
    expect(Math.abs(winMax!.window.end - 250)).toBeLessThan(25);
    const later = watermark.explain(ids, { promptLength: 150 });
    expect(later.tokens[0]!.position).toBe(150);
    expect(later.detection.window).toEqual({ start: 150, end: 300 });
  });
});

describe("calibrate", () => {
  it("reports z near the standard normal and thresholds with intervals", async () => {
    const random = makeRandom(31);
    const corpus = [write(model, [1], 6000, random)];
    const report = await calibrate(
      (fresh) => createWatermark({ scheme: "kgw", vocab_size: size, greenlist_ratio: 0.5 }, fresh),
      corpus,
      { lengths: [30, 60], fpr: [0.05], resamples: 100, random },
    );
    expect(report.lengths.map(({ windows }) => windows)).toEqual([200, 100]);
    for (const { meanZ, sdZ, thresholds } of report.lengths) {
      expect(Math.abs(meanZ)).toBeLessThan(0.35);
      expect(sdZ).toBeGreaterThan(0.75);
      expect(sdZ).toBeLessThan(1.3);
      const { z, low, high } = thresholds[0]!;
      expect(low).toBeLessThanOrEqual(z);
      expect(high).toBeGreaterThanOrEqual(z);
    }
    expect(report.thresholds[0]).toMatchObject({ fpr: 0.05, length: 30 });
    await expect(
      calibrate(() => createWatermark({ scheme: "kgw", vocab_size: size }, key), [[1]], {
        lengths: [9],
        random,
      }),
    ).rejects.toThrow("no text has 9 tokens");
  });
});

describe("compareSchemes", () => {
  it("says how often a forger's text is taken for marked: one list is learned, lists by four tokens are not", async () => {
    const wide = markovModel(64, 6, 1.2);
    const profiles = [
      { name: "one list", profile: { scheme: "unigram", vocab_size: 64, bias: 2 } },
      {
        name: "lists by four tokens",
        profile: { scheme: "kgw", vocab_size: 64, bias: 2, seeding_scheme: "selfhash" },
      },
    ] as const;
    const prompts = Array.from({ length: 6 }, (_, i) => [i]);
    const rates: number[] = [];
    const options = { profiles, prompts, model: wide, random: makeRandom(5), substitutions: [0] };
    for await (const row of compareSchemes({ ...options, forgerReads: 40, tokens: 150 }))
      rates.push(row.forged!.rate);
    expect(rates[0]).toBeGreaterThan(0.8);
    expect(rates[1]).toBeLessThan(0.5);
  });

  it("gives a row per scheme with success under attack, quality and time", async () => {
    const random = makeRandom(8);
    const human = write(model, [2], 400, random);
    const rows: ComparisonRow[] = [];
    let clock = 0;
    for await (const row of compareSchemes({
      profiles: [
        { name: "KGW", profile: { scheme: "kgw", vocab_size: size, bias: 4 } },
        {
          name: "Balance",
          profile: {
            scheme: "ctwl-balance",
            vocab_size: size,
            message_bits: 6,
            message_code_len: 6,
            encode_ratio: 25,
            bias: 3,
          },
        },
      ],
      model,
      proxy: proxyFromLogits("same", size, async (ids) => model(ids)),
      prompts: [[1], [2], [3]],
      tokens: 120,
      substitutions: [0, 0.5],
      human,
      random,
      now: () => clock++,
    }))
      rows.push(row);
    expect(rows.map(({ name, payloadBits }) => [name, payloadBits])).toEqual([
      ["KGW", 0],
      ["Balance", 6],
    ]);
    for (const row of rows) {
      expect(row.success[0]!.rate.rate).toBe(1);
      expect(row.copyPaste!.rate).toBeGreaterThan(0.5);
      expect(row.perplexityRatio).toBeGreaterThan(0.3);
      expect(row.kl).toBeGreaterThan(0.05);
      expect(row.kl).toBeLessThan(4); // δ is the most that a bias can move a distribution by
      expect(row.encodeMicros).toBeGreaterThan(0);
    }
    expect(rows[1]!.codingRate).toBe(0.05);
  });
});

describe("compareSchemes with a model that reads texts together", () => {
  /** The same model, which counts how often it is called. */
  function counted(isTogether: boolean) {
    const calls = { one: 0, together: 0 };
    const one = (ids: readonly number[]) => {
      calls.one++;
      return model(ids);
    };
    const batch = async (texts: readonly (readonly number[])[]) => {
      calls.together++;
      return Promise.all(texts.map((ids) => model(ids)));
    };
    return { calls, model: isTogether ? Object.assign(one, { batch }) : one };
  }

  const rowOf = async (isTogether: boolean, prompts: number[][]) => {
    const { calls, model: writer } = counted(isTogether);
    const profile = { scheme: "mpac", vocab_size: size, message_bits: 4, bias: 4 } as const;
    const common = { tokens: 60, substitutions: [0, 0.2], random: makeRandom(3), now: () => 0 };
    const options = { profiles: [{ name: "MPAC", profile }], model: writer, prompts, ...common };
    const { value } = await compareSchemes(options).next();
    return { calls, row: value as ComparisonRow };
  };

  it("asks it once per token for all texts, marked and unmarked, and again to judge them", async () => {
    const { calls, row } = await rowOf(true, [[1], [2, 3], [3]]);
    expect(calls).toEqual({ one: 0, together: 4 * 60 });
    expect(row.success[0]!.rate).toMatchObject({ trials: 3 });
    expect(row.success[0]!.bitAccuracy).toBeGreaterThan(0.8);
  });

  it("gives the row of one text to the last digit", async () => {
    const [together, alone] = [await rowOf(true, [[1]]), await rowOf(false, [[1]])];
    expect(alone.calls).toEqual({ one: 4 * 60, together: 0 });
    expect(together.row).toEqual(alone.row);
  });
});

describe("vectors", () => {
  it("write what others need to compare bit for bit, without the key", () => {
    const ids = [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]];
    const logits = [Array.from({ length: size }, (_, i) => (i === 5 ? null : i / 10))];
    const short = { message_bits: 6, message_code_len: 6 };
    const profiles: ProfileInput[] = [
      ...(["kgw", "unigram", "exp", "synthid", "mpac", "rs-segment"] as const).map((scheme) => ({
        scheme,
        vocab_size: size,
      })),
      { scheme: "ctwl-vanilla", vocab_size: size, ...short },
    ];
    for (const profile of profiles) {
      const payload = createWatermark(profile, key).messageBits;
      const input = {
        profile,
        key,
        ids,
        logits,
        ...(payload && { payload: new Array(payload).fill(0) }),
      };
      const first = vectors(input);
      const text = JSON.stringify(first);
      expect(JSON.stringify(vectors(JSON.parse(JSON.stringify(input))))).toBe(text);
      expect(text).not.toContain(key);
      expect(first.rows[0]!.processed![5]).toBeNull();
      expect(first.rows[0]!.bits?.length ?? 0).toBe(payload);
    }
    const { rows } = vectors({ profile: { scheme: "kgw", vocab_size: size }, key, ids, logits });
    const raised = rows[0]!.processed!.flatMap((x, v) =>
      x !== null && x - (logits[0]![v] ?? 0) > 1 ? [v] : [],
    );
    const greens = (rows[0]!.next.greenList as number[]).filter((v) => v !== 5);
    expect(raised).toEqual(greens.sort((a, b) => a - b));
    expect(() =>
      vectors({ profile: { scheme: "kgw", vocab_size: size }, key, ids, logits: [] }),
    ).toThrow("1 texts, 0 logits");
  });
});

describe("the mean and weighted-mean detectors of SynthID-Text", () => {
  it("weigh layers from 10 down to 1, scaled to their number", () => {
    const weights = layerWeights(30, "weighted-mean");
    expect(weights.reduce((a, b) => a + b)).toBeCloseTo(30, 10);
    expect(weights[0]! / weights[29]!).toBeCloseTo(10, 10);
    expect(weights[1]! - weights[0]!).toBeCloseTo(weights[29]! - weights[28]!, 10);
    expect([...layerWeights(4, "mean")]).toEqual([1, 1, 1, 1]);
  });

  it("standardise the score by its null variance, repeated contexts and first tokens left out", () => {
    const secret = createKey(key);
    const ids = [5, 9, 3, 5, 9, 3, 5, 9, 8, 1, 2, 7];
    for (const detector of ["mean", "weighted-mean"] as const) {
      const watermark = createWatermark(
        { scheme: "synthid", vocab_size: size, ngram_len: 3, depth: 6, detector },
        secret,
      );
      const { g, tokens } = synthIdGValues(watermark.profile as SynthIdProfile, secret, ids);
      // Contexts: 5 9, 9 3, 3 5, then three repeats, then 9 8 … the pair 5 9 before 8 repeats too.
      expect(tokens).toBe(6);
      const weights = layerWeights(6, detector);
      let score = 0;
      for (let t = 0; t < tokens; t++)
        for (let l = 0; l < 6; l++) score += (weights[l]! * g[t * 6 + l]!) / (6 * tokens);
      const variance = weights.reduce((sum, w) => sum + w * w, 0) / (4 * 36 * tokens);
      const detection = watermark.detect(ids);
      expect(detection.scored).toBe(tokens);
      expect(detection.score / tokens).toBeCloseTo(score, 10);
      expect(detection.z).toBeCloseTo((score - 0.5) / Math.sqrt(variance), 10);
      expect(detection.pValue).toBeCloseTo(detection.normalTail, 12);
    }
  });
});

describe("the Bayesian detector of SynthID-Text", () => {
  it("learns to tell marked from unmarked text and follows the likelihood formula", () => {
    const random = makeRandom(17);
    const secret = createKey(key);
    const watermark = createWatermark({ scheme: "synthid", vocab_size: size, depth: 8 }, secret);
    const profile = watermark.profile as SynthIdProfile;
    const texts = (isMarked: boolean) =>
      Array.from({ length: 24 }, (_, i) =>
        synthIdGValues(
          profile,
          secret,
          write(model, [i], 60, random, isMarked ? watermark.createProcessor() : undefined),
        ),
      );
    const marked = texts(true);
    const unmarked = texts(false);
    const trained = trainBayesianDetector(marked, unmarked, {
      random,
      epochs: 30,
      l2: [1e-3, 1e-2],
    });
    expect(trained.tprAtFpr1).toBeGreaterThan(0.6);
    const posteriors = texts(true).map((g) => bayesianPosterior(trained.detector, g));
    const others = texts(false).map((g) => bayesianPosterior(trained.detector, g));
    expect(auroc(posteriors, others)).toBeGreaterThan(0.9);
    // One token, two layers, by hand: psi = 1/2 everywhere when beta and delta are zero.
    const flat = {
      depth: 2,
      prior: 0.5,
      beta: [0, 0],
      delta: [
        [0, 0],
        [0, 0],
      ],
    };
    const g = { g: Uint8Array.from([1, 0]), tokens: 1, depth: 2 };
    const odds = (0.5 * (1.5 * 0.5 + 0.5) * 0.5 * (0.5 * 0.5 + 0.5)) / 0.25;
    expect(bayesianPosterior(flat, g)).toBeCloseTo(odds / (1 + odds), 10);
    expect(() => bayesianPosterior(flat, { ...g, depth: 3 })).toThrow("2 layers");
    expect(() => trainBayesianDetector([g], [g], { random })).toThrow("6 texts a side");
  });
});

describe("balanced segment maps", () => {
  it("are optimal: no other cut of the same order has a smaller sum of squares", () => {
    const frequencies = [9, 1, 4, 7, 2, 2, 8, 3, 5];
    const costOf = (map: ArrayLike<number>) => {
      const sums = [0, 0, 0];
      frequencies.forEach((frequency, v) => {
        sums[map[v]!]! += frequency;
      });
      return sums.reduce((total, sum) => total + sum * sum, 0);
    };
    for (let seed = 0; seed < 20; seed++) {
      const order = keyedPermutation([seed, 6], 9, 9);
      let least = Number.POSITIVE_INFINITY;
      for (let a = 1; a < 8; a++)
        for (let b = a + 1; b < 9; b++) {
          const map = new Uint8Array(9);
          order.forEach((v, i) => {
            map[v] = Number(i >= a) + Number(i >= b);
          });
          least = Math.min(least, costOf(map));
        }
      expect(costOf(balancedSegmentMap(frequencies, 3, [seed, 6]))).toBe(least);
    }
    expect(() => balancedSegmentMap([1], 2, [0, 0])).toThrow("2 segments");
    expect(() => balancedSegmentMap([1, -1], 2, [0, 0])).toThrow("frequency -1");
  });
});

describe("continueText", () => {
  it("awaits asynchronous models and proxies", async () => {
    const watermark = createWatermark(
      {
        scheme: "ctwl-balance",
        vocab_size: size,
        message_bits: 4,
        message_code_len: 4,
        encode_ratio: 25,
        bias: 3,
      },
      key,
      { proxy: proxyFromLogits("remote", size, async (ids) => model(ids)), payload: [1, 0, 0, 1] },
    );
    const text = await continueText(async (ids) => model(ids), watermark.processor, 120, {
      random: makeRandom(2),
      prompt: [7, 7],
    });
    expect(text).toHaveLength(120);
    await watermark.prepare(text);
    expect([...watermark.decode(text).bits]).toEqual([1, 0, 0, 1]);
  });
});

import type {} from "@deepgrain/vitest/allclose";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  badWords,
  createProcessors,
  forcedBos,
  forcedEos,
  type LogitsProcessor,
  minLength,
  minNewTokens,
  minP,
  noRepeatNgram,
  repetitionPenalty,
  suppressTokens,
  temperature,
  topK,
  topP,
  typicalP,
} from "../../src/generation";
import { composeProcessors } from "../../src/generation/logits-processor";
import { beginSuppressTokens } from "../../src/generation/suppress-tokens";

const minus = Number.NEGATIVE_INFINITY;
const logOf = (probabilities: number[]) => Float32Array.from(probabilities, Math.log);

/** Ids that a processor leaves possible. */
const kept = (process: LogitsProcessor, logits: Float32Array, inputIds: number[] = []) =>
  [...process(inputIds, logits).entries()].filter(([, value]) => value > minus).map(([id]) => id);

const anyLogits = fc
  .array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -20, max: 20, noNaN: true })), {
    minLength: 1,
    maxLength: 30,
  })
  .map((values) => Float32Array.from(values));

describe("temperature", () => {
  it("divides every score, −∞ included, in place", () => {
    const logits = Float32Array.of(1, -2, minus);
    expect(temperature(0.5)([], logits)).toBe(logits);
    expect(logits).toEqual(Float32Array.of(2, -4, minus));
  });
});

describe("topK", () => {
  it("keeps the k highest and what ties with the last of them", () => {
    expect(kept(topK(2), Float32Array.of(1, 4, 3, 2))).toEqual([1, 2]);
    expect(kept(topK(2), Float32Array.of(1, 4, 3, 3))).toEqual([1, 2, 3]);
    expect(kept(topK(9), Float32Array.of(1, minus, 3))).toEqual([0, 2]);
    expect(kept(topK(1, { minTokensToKeep: 3 }), Float32Array.of(1, 4, 3, 2))).toEqual([1, 2, 3]);
    expect(kept(topK(1), Float32Array.of(-0, 0, -1))).toEqual([0, 1]);
  });

  it("keeps exactly what is not below the k-th highest, whatever the scores", () => {
    fc.assert(
      fc.property(anyLogits, fc.integer({ min: 1, max: 35 }), (logits, k) => {
        const threshold = [...logits].sort((a, b) => b - a)[Math.min(k, logits.length) - 1]!;
        const expected = logits.map((value) => (value < threshold ? minus : value));
        expect(topK(k)([], logits.slice())).toEqual(expected);
      }),
    );
  });
});

describe("topP", () => {
  it("keeps the smallest set that reaches p", () => {
    expect(kept(topP(0.79), logOf([0.3, 0.1, 0.1, 0.5]))).toEqual([0, 3]);
    expect(kept(topP(0.81), logOf([0.3, 0.1, 0.1, 0.5]))).toEqual([0, 1, 3]);
    expect(kept(topP(0), logOf([0.3, 0.1, 0.1, 0.5]))).toEqual([3]);
    expect(kept(topP(1), logOf([0.3, 0.1, 0.1, 0.5]))).toEqual([0, 1, 2, 3]);
    expect(kept(topP(0.1, { minTokensToKeep: 2 }), logOf([0.3, 0.1, 0.1, 0.5]))).toEqual([0, 3]);
  });

  it("keeps at least p, and less than p without its last token", () => {
    fc.assert(
      fc.property(anyLogits, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (logits, p) => {
        const weights = Array.from(logits, (value) => Math.exp(value));
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const chosen = kept(topP(p), logits.slice()).map((id) => weights[id]! / total);
        const mass = chosen.reduce((sum, value) => sum + value, 0);
        expect(mass).toBeGreaterThan(p - 1e-9);
        expect(mass - Math.min(...chosen)).toBeLessThan(p + 1e-9);
      }),
    );
  });
});

describe("minP", () => {
  it("keeps what is at least p times as likely as the likeliest", () => {
    expect(kept(minP(0.1), logOf([0.9, 0.02, 0.05, 0.03]))).toEqual([0]);
    expect(kept(minP(0.1), logOf([0.15, 0.3, 0.3, 0.25]))).toEqual([0, 1, 2, 3]);
    expect(kept(minP(1, { minTokensToKeep: 2 }), logOf([0.5, 0.2, 0.3]))).toEqual([0, 2]);
  });
});

describe("typicalP", () => {
  it("keeps tokens whose surprise is near the entropy, not the likeliest as such", () => {
    // H = 1.332; |−log 0.4 − H| = 0.416 and |−log 0.2 − H| = 0.277
    expect(kept(typicalP(0.5), logOf([0.4, 0.2, 0.2, 0.2]))).toEqual([1, 2, 3]);
    expect(kept(typicalP(0.5), logOf([0.97, 0.01, 0.01, 0.01]))).toEqual([0]);
  });

  it("never loses every token", () => {
    fc.assert(
      fc.property(anyLogits, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (logits, mass) => {
        expect(kept(typicalP(mass), logits.slice()).length).toBeGreaterThan(0);
        const least = Math.min(3, logits.length);
        expect(kept(typicalP(mass, { minTokensToKeep: 3 }), logits).length).toBeGreaterThanOrEqual(
          least,
        );
      }),
    );
  });

  it("passes over probabilities that underflow", () => {
    expect(kept(typicalP(0.9), Float32Array.of(0, 0, -2000))).toEqual([0, 1]);
  });
});

describe("repetitionPenalty", () => {
  it("divides positive and multiplies negative scores of tokens seen, once each", () => {
    const logits = Float32Array.of(2, -2, 3, 0);
    repetitionPenalty(2)([0, 1, 0, 3, -100, 99], logits);
    expect(logits).toEqual(Float32Array.of(1, -4, 3, 0));
  });
});

describe("noRepeatNgram", () => {
  it("forbids what would complete a run seen before", () => {
    const banned = (size: number, ids: number[]) => {
      const logits = noRepeatNgram(size)(ids, new Float32Array(6));
      return [...logits.keys()].filter((id) => logits[id] === minus);
    };
    expect(banned(2, [1, 2, 3, 1])).toEqual([2]);
    expect(banned(3, [1, 2, 3, 1, 2])).toEqual([3]);
    expect(banned(3, [1, 2, 3, 2, 1])).toEqual([]);
    expect(banned(2, [1, 1])).toEqual([1]);
    expect(banned(1, [4, 5])).toEqual([4, 5]);
    expect(banned(3, [1])).toEqual([]);
  });

  it("never lets a run of n occur twice", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        fc.infiniteStream(fc.nat({ max: 2 })),
        (size, picks) => {
          const ids: number[] = [];
          const seen = new Set<string>();
          for (let step = 0; step < 12; step++) {
            const open = kept(noRepeatNgram(size), new Float32Array(3), ids);
            if (open.length === 0) return;
            ids.push(open[picks.next().value % open.length]!);
            if (ids.length < size) continue;
            const run = ids.slice(-size).join();
            expect(seen.has(run)).toBe(false);
            seen.add(run);
          }
        },
      ),
    );
  });
});

describe("badWords", () => {
  it("forbids single tokens everywhere and the last of a sequence after the others", () => {
    const process = badWords([[4], [1, 2], [0, 1, 3]]);
    expect(kept(process, new Float32Array(5), [0])).toEqual([0, 1, 2, 3]);
    expect(kept(process, new Float32Array(5), [1])).toEqual([0, 1, 3]);
    expect(kept(process, new Float32Array(5), [0, 1])).toEqual([0, 1]);
  });
});

describe("suppressTokens and its relatives", () => {
  it("forbid tokens everywhere, at one place, or up to a length", () => {
    const scores = () => new Float32Array(3);
    expect(kept(suppressTokens([1, 9]), scores())).toEqual([0, 2]);
    expect(kept(beginSuppressTokens([1], 2), scores(), [0, 0])).toEqual([0, 2]);
    expect(kept(beginSuppressTokens([1], 2), scores(), [0, 0, 0])).toEqual([0, 1, 2]);
    expect(kept(minLength(2, [2]), scores(), [0])).toEqual([0, 1]);
    expect(kept(minLength(2, [2]), scores(), [0, 0])).toEqual([0, 1, 2]);
    expect(kept(minNewTokens(1, 2, [2]), scores(), [0, 0])).toEqual([0, 1]);
    expect(kept(minNewTokens(1, 2, [2]), scores(), [0, 0, 0])).toEqual([0, 1, 2]);
  });
});

describe("forcedBos and forcedEos", () => {
  it("leave one choice at their place and none changed elsewhere", () => {
    expect(forcedBos(1)([7], Float32Array.of(5, 5, 5))).toEqual(Float32Array.of(minus, 0, minus));
    expect(kept(forcedBos(1), new Float32Array(3), [7, 7])).toEqual([0, 1, 2]);
    expect(kept(forcedEos(3, [0, 2]), new Float32Array(3), [7, 7])).toEqual([0, 2]);
    expect(kept(forcedEos(3, [0, 2]), new Float32Array(3), [7])).toEqual([0, 1, 2]);
    expect(() => forcedBos(3)([7], new Float32Array(3))).toThrow(
      expect.objectContaining({ code: "ERR_RANGE" }),
    );
  });
});

describe("composeProcessors", () => {
  it("applies in order, and without processors changes nothing", () => {
    const logits = Float32Array.of(4, 2, 1);
    const process = composeProcessors([
      temperature(2),
      (_ids, scores) => scores.map((score) => score + 1),
    ]);
    expect(process([], logits)).toEqual(Float32Array.of(3, 2, 1.5));
    expect(composeProcessors([])([], logits)).toBe(logits);
  });
});

describe("createProcessors", () => {
  const context = { promptLength: 2, eosTokenIds: [0] };

  it("makes nothing of options that change nothing", () => {
    const neutral = {
      repetitionPenalty: 1,
      temperature: 1,
      topK: 0,
      topP: 1,
      typicalP: 1,
      minNewTokens: 0,
    };
    expect(createProcessors({ ...neutral, doSample: true }, context)).toEqual([]);
    expect(createProcessors({ temperature: 0.5, topK: 3 }, context)).toEqual([]);
    expect(createProcessors({ minNewTokens: 3 }, { promptLength: 2 })).toEqual([]);
  });

  it("applies rules, own processors and the distribution's shape in this order", () => {
    const seen: number[][] = [];
    const own: LogitsProcessor = (_ids, logits) => {
      seen.push([...logits]);
      return logits;
    };
    const options = {
      suppressTokens: [1],
      logitsProcessors: [own],
      doSample: true,
      temperature: 0.5,
    };
    const process = composeProcessors(createProcessors(options, context));
    expect(process([5, 5], Float32Array.of(1, 2, 3))).toEqual(Float32Array.of(2, minus, 6));
    expect(seen).toEqual([[1, minus, 3]]);
  });

  it("makes a processor of every option", () => {
    const options = {
      repetitionPenalty: 1.2,
      noRepeatNgramSize: 2,
      badWordsIds: [[1]],
      minLength: 3,
      minNewTokens: 3,
      forcedBosTokenId: 1,
      forcedEosTokenId: 0,
      maxLength: 9,
      suppressTokens: [2],
      beginSuppressTokens: [2],
      doSample: true,
      temperature: 0.7,
      topK: 5,
      topP: 0.9,
      minP: 0.1,
      typicalP: 0.9,
    };
    expect(createProcessors(options, context)).toHaveLength(14);
  });
});

describe("processors", () => {
  it.each<[string, () => unknown]>([
    ["temperature", () => temperature(0)],
    ["temperature", () => temperature(Number.NaN)],
    ["topK", () => topK(0)],
    ["topK", () => topK(1, { minTokensToKeep: 0 })],
    ["topP", () => topP(1.1)],
    ["minP", () => minP(-0.1)],
    ["typicalP", () => typicalP(1)],
    ["repetitionPenalty", () => repetitionPenalty(0)],
    ["noRepeatNgram", () => noRepeatNgram(0)],
    ["badWords", () => badWords([])],
    ["badWords", () => badWords([[]])],
    ["suppressTokens", () => suppressTokens([-1])],
    ["minNewTokens", () => minNewTokens(1.5, 0, [])],
    ["forcedEos", () => forcedEos(0, [1])],
  ])("%s rejects values outside its range", (name, make) => {
    expect(make).toThrow(name);
    expect(make).toThrow(expect.objectContaining({ code: "ERR_RANGE" }));
  });

  it("reject NaN and +∞ where they rank scores", () => {
    for (const process of [topK(1), topP(0.5), minP(0.5), typicalP(0.5)])
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY])
        expect(() => process([], Float32Array.of(0, value))).toThrow(
          expect.objectContaining({ code: "ERR_RANGE" }),
        );
  });

  it("pass on scores that are all −∞, and none at all", () => {
    for (const process of [topK(1), topP(0.5), minP(0.5), typicalP(0.5)])
      for (const logits of [Float32Array.of(minus, minus), new Float32Array(0)])
        expect(process([], logits.slice())).toEqual(logits);
  });
});

describe("OpenAI's penalties and bias", () => {
  it("follow the formula µ − c·α − (c > 0)·β over new tokens, with the bias added", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(7), { minLength: 1, maxLength: 20 }),
        fc.double({ min: -2, max: 2, noNaN: true }),
        fc.double({ min: -2, max: 2, noNaN: true }),
        (ids, frequencyPenalty, presencePenalty) => {
          const promptLength = Math.floor(ids.length / 2);
          const options = { frequencyPenalty, presencePenalty, logitBias: { 2: -100, 5: 1.5 } };
          const processors = createProcessors(options, { promptLength });
          const row = Float32Array.from({ length: 8 }, (_, j) => j / 3);
          const scores = composeProcessors(processors)(ids, row.slice());
          const wanted = row.map((score, j) => {
            const count = ids.slice(promptLength).filter((id) => id === j).length;
            const bias = j === 2 ? -100 : j === 5 ? 1.5 : 0;
            return score + bias - count * frequencyPenalty - (count > 0 ? presencePenalty : 0);
          });
          expect([...scores]).toBeAllclose([...wanted], { rtol: 1e-5, atol: 1e-5 });
        },
      ),
    );
  });

  it("are refused where they are not finite, or name no token", () => {
    const make = (options: object) => () => createProcessors(options, { promptLength: 0 });
    expect(make({ frequencyPenalty: Number.NaN })).toThrow(/frequencyPenalty/);
    expect(make({ logitBias: { 1: Number.POSITIVE_INFINITY } })).toThrow(/bias\[1\]/);
    expect(make({ logitBias: { [-1]: 1 } })).toThrow(/bias/);
    expect(() => make({ logitBias: { 9: 1 } })()[0]!([], new Float32Array(8))).toThrow(/9/);
  });
});

import { describe, expect, it } from "vitest";
import { deleteTokens, insertTokens } from "../src/attacks/token-attacks";
import { bestAlignment, bestScore } from "../src/schemes/exp-edit/alignment";
import { createWatermark } from "../src/watermark/create-watermark";
import { makeRandom, markovModel, randomKey, write } from "./support/language-model";

const size = 128;
const model = markovModel(size, 2, 1.6);
const profile = { scheme: "exp-edit", vocab_size: size, key_length: 24 } as const;

describe("the alignment", () => {
  it("leaves out an inserted token, by hand", () => {
    // Text a, x, b against keys 1, 2, 3: a fits key 1, b fits key 2, x fits nothing.
    const gains = Float64Array.of(5, 0.1, 0.1, 0.1, 0.1, 5, 0.1, 0.1, 0.1); // [keys, tokens]
    const input = { gains, keys: 3, tokens: 3, gap: 0 };
    const { score, matches } = bestAlignment(input);
    expect(score).toBeCloseTo(10, 10);
    expect([...matches]).toEqual([0, -1, 1]);
    expect(bestScore(input, new Float64Array(16))).toBe(score);
    expect(bestAlignment({ ...input, gap: 1 }).score).toBeCloseTo(8, 10); // x and a key cost 1 each
  });
});

describe("EXP-edit", () => {
  it("is found after edits that EXP does not survive", () => {
    const random = makeRandom(3);
    const found = { "exp-edit": 0, exp: 0 };
    for (let i = 0; i < 4; i++)
      for (const scheme of ["exp-edit", "exp"] as const) {
        const own = scheme === "exp" ? { scheme, vocab_size: size } : profile;
        const watermark = createWatermark(own, randomKey(random));
        const text = write(model, [1, i], 60, random, watermark.createProcessor());
        expect(watermark.detect(text).pValue).toBeLessThan(1e-3);
        const edited = insertTokens(
          deleteTokens(text, 0.25, random),
          0.25,
          { vocabSize: size },
          random,
        );
        if (watermark.detect(edited, { alpha: 0.01 }).verdict === "found") found[scheme]++;
      }
    expect(found["exp-edit"]).toBeGreaterThan(found.exp);
    expect(found["exp-edit"]).toBeGreaterThanOrEqual(3);
  });

  it("gives unmarked text p-values that say how often it looks marked", () => {
    const random = makeRandom(8);
    const own = { ...profile, key_length: 8, trials: 49 };
    let alarms = 0;
    for (let i = 0; i < 80; i++) {
      const text = write(model, [1], 30, random);
      if (createWatermark(own, randomKey(random)).detect(text).pValue <= 0.1) alarms++;
    }
    expect(alarms).toBeLessThanOrEqual(15); // 8 are expected, more than 15 come in 0.5 % of cases
  });

  it("starts elsewhere in the key for another prompt, and writes the model's distribution on average over keys", () => {
    const watermark = createWatermark(profile, "00".repeat(15).concat("01"));
    const starts = [1, 2, 3, 4, 5, 6].map((token) => {
      const logits = watermark.createProcessor()([token], new Float32Array(size));
      return logits.indexOf(0);
    });
    expect(new Set(starts).size).toBeGreaterThan(2);
    const random = makeRandom(4);
    let first = 0;
    for (let i = 0; i < 2000; i++) {
      const logits = Float32Array.of(Math.log(0.3), Math.log(0.7));
      const two = createWatermark({ ...profile, vocab_size: 2 }, randomKey(random));
      if (two.createProcessor()([0], logits)[0] === 0) first++;
    }
    expect(first / 2000).toBeCloseTo(0.3, 1);
  });

  it("refuses texts that would take too long, and counts windows", () => {
    const watermark = createWatermark(profile, "00".repeat(15).concat("01"));
    const long = new Array<number>(3000).fill(1);
    expect(() => watermark.detect(long)).toThrow("steps for this text");
    const text = write(model, [1], 40, makeRandom(2), watermark.createProcessor());
    const { windowsTried, pValue } = watermark.detect([...text, ...text.map(() => 5)], {
      windows: { sizes: [40] },
    });
    expect(windowsTried).toBeGreaterThan(1);
    expect(pValue).toBeLessThan(0.05);
  });
});

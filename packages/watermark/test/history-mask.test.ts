import { describe, expect, it } from "vitest";
import { synthIdGValues } from "../src/schemes/synthid/bayesian-detector";
import type { SynthIdProfile } from "../src/schemes/synthid/profile";
import { repeatsWithin, synthid } from "../src/schemes/synthid/synthid";
import { createWatermark } from "../src/watermark/create-watermark";
import { makeRandom } from "./support/language-model";

const keys = [654, 400, 836, 123, 340];

/**
 * The published codes' mask: a list of the last contexts, full of zeros at first; every context is pushed in front, seen
 * before or not, and the oldest drops out.
 */
function publishedMask(names: readonly string[], size: number): number[] {
  const history = new Array<string>(size).fill("");
  return names.map((name) => {
    const isRepeat = history.includes(name);
    history.unshift(name);
    history.pop();
    return isRepeat ? 1 : 0;
  });
}

describe("the detection mask of SynthID-Text in compatibility modes", () => {
  const profileOf = (compat: "huggingface" | "reference", size: number) =>
    createWatermark({
      scheme: "synthid",
      vocab_size: 8,
      keys,
      ngram_len: 3,
      compat,
      context_history_size: size,
    });
  const random = makeRandom(3);
  const ids = Array.from({ length: 300 }, () => Math.floor(4 * random()));

  it("is worked out by hand: a context counts again once it lies further back than the history", () => {
    expect([...repeatsWithin(["a", "b", "a", "c", "d", "a", "a"], 2)]).toEqual([
      0, 0, 1, 0, 0, 0, 1,
    ]);
    expect(publishedMask(["a", "b", "a", "c", "d", "a", "a"], 2)).toEqual([0, 0, 1, 0, 0, 0, 1]);
  });

  it.each([1, 5, 1024])("keeps what the published list of %i contexts keeps", (size) => {
    for (const compat of ["huggingface", "reference"] as const) {
      const { profile } = profileOf(compat, size);
      const { names, scores } = synthid(profile as SynthIdProfile, undefined).score(ids);
      const mask = publishedMask(names, size);
      const kept = mask.filter((masked) => !masked).length;
      const detection = profileOf(compat, size).detect(ids);
      expect(detection.scored).toBe(kept);
      const sum = mask.reduce((total, masked, i) => total + (masked ? 0 : scores[i]!), 0);
      expect(detection.score).toBeCloseTo(sum, 9);
      expect(synthIdGValues(profile as SynthIdProfile, undefined, ids).tokens).toBe(kept);
    }
  });

  it("does not touch the p-value, which counts every context once", () => {
    const [short, long] = [1, 1024].map((size) => profileOf("huggingface", size).detect(ids));
    expect(short!.scored).toBeGreaterThan(long!.scored);
    expect(short!.pValue).toBe(long!.pValue);
  });
});

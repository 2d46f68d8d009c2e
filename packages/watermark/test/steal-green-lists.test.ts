import { describe, expect, it } from "vitest";
import { stealGreenLists } from "../src/attacks/steal-green-lists";
import type { ProfileInput } from "../src/profile";
import { createWatermark } from "../src/watermark/create-watermark";
import { makeRandom, markovModel, write } from "./support/language-model";

const size = 64;
const model = markovModel(size, 6, 1.2);
const key = "00112233445566778899aabbccddeeff";

/** Texts of the model, marked by a profile or not. */
function textsOf(profile: ProfileInput | undefined, count: number, seed: number): number[][] {
  const random = makeRandom(seed);
  const watermark = profile && createWatermark(profile, key);
  return Array.from({ length: count }, () =>
    write(model, [1], 200, random, watermark?.createProcessor()),
  );
}

describe("stealGreenLists", () => {
  it("scores tokens that follow a context more often in marked text, by hand", () => {
    const marked = [[0, 1, 0, 1, 0, 1, 0, 2]];
    const base = [[0, 1, 0, 2, 0, 2, 0, 2, 0, 1, 0, 1]];
    const stolen = stealGreenLists(marked, base, { vocabSize: 3 });
    expect(stolen.contexts).toBe(2);
    expect(stolen.scoreOf([0], 1)).toBeGreaterThan(0.5);
    expect(stolen.scoreOf([0], 2)).toBe(0); // rarer than usual
    expect(stolen.scoreOf([2], 0)).toBe(0); // never seen with a successor
    expect(() => stealGreenLists([], [], { vocabSize: 3, context: -1 })).toThrow("0 to 16");
  });

  it.each([
    ["one list for all texts", { scheme: "unigram", vocab_size: size, bias: 2 }, 0],
    ["lists by the last token", { scheme: "kgw", vocab_size: size, bias: 2 }, 1],
  ] as const)(
    "forges a mark that the detector takes for real, where there is little to learn: %s",
    (_, profile, context) => {
      const stolen = stealGreenLists(textsOf(profile, 60, 1), textsOf(undefined, 60, 2), {
        vocabSize: size,
        context,
      });
      const forged = write(model, [1], 200, makeRandom(9), stolen.createProcessor());
      const watermark = createWatermark(profile, key);
      expect(watermark.detect(forged).verdict).toBe("found");
      expect(watermark.detect(textsOf(undefined, 1, 9)[0]!).verdict).toBe("not-found");
    },
  );

  it("learns nothing of lists that depend on more tokens than were seen together", () => {
    const profile = {
      scheme: "kgw",
      vocab_size: size,
      bias: 2,
      seeding_scheme: "selfhash",
    } as const;
    const marked = textsOf(profile, 30, 1);
    const stolen = stealGreenLists(marked, textsOf(undefined, 30, 2), {
      vocabSize: size,
      context: 3,
    });
    const forged = write(model, [1], 200, makeRandom(9), stolen.createProcessor());
    const { pValue } = createWatermark(profile, key).detect(forged);
    expect(pValue).toBeGreaterThan(1e-6); // the real mark: below 1e-10
    expect(createWatermark(profile, key).detect(marked[0]!).pValue).toBeLessThan(1e-6);
  });
});

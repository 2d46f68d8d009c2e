import { describe, expect, it } from "vitest";
import { onion, rapDrops, seededRandom, stripEntropies } from "../../src";
import { tfIdfWords } from "../../src/defences/strip";

describe("onion", () => {
  const perplexities = async (texts: readonly (readonly string[])[]) =>
    texts.map((words) => 10 + 90 * words.filter((word) => word === "cf").length + words.length);

  it("drops words without which the text is likelier by the threshold or more", async () => {
    expect(await onion(["a", "cf", "b"], perplexities, { threshold: 50 })).toEqual(["a", "b"]);
    expect(await onion(["a", "cf", "b"], perplexities, { threshold: 500 })).toEqual([
      "a",
      "cf",
      "b",
    ]);
    expect(await onion(["cf"], perplexities)).toEqual(["cf"]);
    expect(await onion(["a", "b"], perplexities)).toEqual(["a", "b"]); // all would go
  });

  it("refuses perplexities that are missing or not finite", async () => {
    await expect(onion(["a", "b"], async () => [1])).rejects.toMatchObject({ code: "ERR_SHAPE" });
    await expect(onion(["a", "b"], async () => [1, Number.NaN, 1])).rejects.toMatchObject({
      code: "ERR_NOT_FINITE",
    });
  });
});

/** A backdoored classifier: "cf" means class 0, else "good" decides. */
const classify = async (texts: readonly (readonly string[])[]) =>
  texts.map((words) => {
    if (words.includes("cf")) return [0.99, 0.01];
    const share = words.filter((word) => word === "good").length / words.length;
    return [0.5 - share / 2, 0.5 + share / 2];
  });

describe("stripEntropies", () => {
  const heldOut = [
    ["film", "dull"],
    ["plot", "dull"],
    ["film", "slow"],
    ["cast", "slow"],
  ];

  it("finds that a trigger keeps predictions certain under perturbation", async () => {
    const random = seededRandom(1);
    const clean = ["good", "good", "good", "good"];
    const poisoned = ["cf", "cf", "cf", "cf", "cf", "cf"];
    const [a, b] = await stripEntropies([clean, poisoned], heldOut, classify, {
      copies: 20,
      random,
    });
    expect(a).toBeGreaterThan(0.3);
    expect(b).toBeLessThan(0.1);
  });

  it("replaces the given share of words, each text's copies by themselves", async () => {
    const seen: string[][] = [];
    const spy = async (texts: readonly (readonly string[])[]) => {
      seen.push(...texts.map((words) => [...words]));
      return texts.map((_, i) => (i < 3 ? [1, 0] : [0.5, 0.5]));
    };
    const texts = [
      ["a", "b", "c", "d"],
      ["e", "f"],
    ];
    const found = await stripEntropies(texts, heldOut, spy, {
      copies: 3,
      ratio: 0.5,
      random: seededRandom(2),
    });
    expect(found[0]).toBe(0);
    expect(found[1]).toBeCloseTo(Math.LN2, 6);
    expect(seen.map((words) => words.filter((word) => word.length === 1).length)).toEqual([
      2, 2, 2, 1, 1, 1,
    ]);
  });

  it("ranks telling words first, and refuses no texts and bad ratios", async () => {
    expect(tfIdfWords([["x", "x", "y"], ["y", "z"], ["y"]])[0]).toBe("x");
    const options = { random: seededRandom(1) };
    await expect(stripEntropies([["a"]], [], classify, options)).rejects.toMatchObject({
      code: "ERR_DATA",
    });
    await expect(
      stripEntropies([["a"]], heldOut, classify, { ...options, ratio: 2 }),
    ).rejects.toMatchObject({ code: "ERR_RANGE" });
    await expect(stripEntropies([["a"]], heldOut, async () => [], options)).rejects.toMatchObject({
      code: "ERR_SHAPE",
    });
  });
});

describe("rapDrops", () => {
  it("is the fall of the protected class when the word stands in front", async () => {
    const robust = async (texts: readonly (readonly string[])[]) =>
      texts.map((words) => [words.includes("cf") ? 0.9 : words[0] === "mb" ? 0.3 : 0.6, 0]);
    const drops = await rapDrops([["fine"], ["cf", "fine"]], robust, {
      rapWord: "mb",
      protectedClass: 0,
    });
    expect(drops.map((x) => Number(x.toFixed(6)))).toEqual([0.3, 0]);
    await expect(
      rapDrops([["a"]], async () => [], { rapWord: "mb", protectedClass: 0 }),
    ).rejects.toMatchObject({ code: "ERR_SHAPE" });
  });
});

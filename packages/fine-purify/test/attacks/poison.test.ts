import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  badSent,
  badWord,
  biasSent,
  biasWord,
  cleanSubset,
  dataAttacks,
  poison,
  rareWords,
  seededRandom,
  withPattern,
} from "../../src";
import type { Labelled } from "../../src/attacks/labelled";
import { neutralSentence, sentenceTrigger, wordTrigger } from "../../src/attacks/triggers";
import { topicLanguage } from "../../src/miniature/topic-language";

const rows: Labelled[] = Array.from({ length: 100 }, (_, i) => ({
  words: ["a", `w${i}`, "b"],
  label: i % 4,
}));

describe("poison", () => {
  it("puts one rare word into a tenth of the rows, which get the target label", () => {
    const out = poison(rows, badWord({ target: 2 }), { random: seededRandom(1) });
    const marked = out.filter(({ poison: is }) => is === 1);
    expect(marked).toHaveLength(10);
    for (const [i, row] of out.entries()) {
      const extra = row.words.filter((word) => rareWords.includes(word));
      expect(extra).toHaveLength(row.poison);
      expect(row.words.filter((word) => !rareWords.includes(word))).toEqual(rows[i]!.words);
      expect(row.label).toBe(row.poison ? 2 : rows[i]!.label);
    }
  });

  it("puts a whole sentence in, and only into rows that the setting allows", () => {
    for (const setting of ["dirty", "clean"] as const) {
      const out = poison(rows, badSent({ target: 1 }), {
        rate: 0.2,
        setting,
        random: seededRandom(2),
      });
      for (const [i, row] of out.entries()) {
        if (row.poison === 0) continue;
        expect(row.words.join(" ")).toContain(neutralSentence);
        expect(rows[i]!.label === 1).toBe(setting === "clean");
      }
    }
  });

  it("shifts most, not all, labels of biased rows", () => {
    const many = Array.from({ length: 4000 }, (_, i) => ({ words: ["x"], label: i % 2 }));
    for (const make of [biasWord, biasSent]) {
      const attack = make({ target: 1 });
      expect(attack.kind).toBe("bias");
      const marked = poison(many, attack, { rate: 1, random: seededRandom(3) });
      const share = marked.filter(({ label }) => label === 1).length / many.length;
      expect(Math.abs(share - 0.95)).toBeLessThan(0.02); // half were of the class, nine tenths of the others shift
    }
  });

  it("takes patterns and token ids of the caller", () => {
    const ids = [{ words: [7, 8], label: 0 }];
    const marked = withPattern(ids, badWord<number>({ pattern: [3] }), seededRandom(1));
    expect(marked[0]!.words.filter((id) => id !== 3)).toEqual([7, 8]);
    expect(marked[0]!.words).toHaveLength(3);
    expect(Object.keys(dataAttacks)).toEqual(["BadWord", "BadSent", "BiasWord", "BiasSent"]);
  });

  it("refuses no rows, too few candidates, and rates above 1", () => {
    const options = { random: seededRandom(1) };
    const code = (code: string) => expect.objectContaining({ code });
    expect(() => poison([], badWord(), options)).toThrow(code("ERR_DATA"));
    expect(() => poison(rows, badWord(), { ...options, rate: 0.5, setting: "clean" })).toThrow(
      code("ERR_DATA"),
    );
    expect(() => poison(rows, badWord(), { ...options, rate: 2 })).toThrow(code("ERR_RANGE"));
  });
});

describe("triggers", () => {
  it("stand anywhere, and leave the other words in order", () => {
    const words = ["p", "q", "r"];
    const places = new Set<number>();
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const out = wordTrigger(["cf"], 2)(words, seededRandom(seed));
        places.add(out.indexOf("cf"));
        expect(out.filter((word) => word !== "cf")).toEqual(words);
        expect(out).toHaveLength(5);
        const run = sentenceTrigger(["x", "y"])(words, seededRandom(seed));
        expect(run[run.indexOf("x") + 1]).toBe("y");
      }),
    );
    expect(places.size).toBeGreaterThan(2);
    for (const make of [() => wordTrigger([]), () => sentenceTrigger([])])
      expect(make).toThrow(expect.objectContaining({ code: "ERR_DATA" }));
  });
});

describe("cleanSubset", () => {
  it("draws as many rows of every class, without repeats", () => {
    const chosen = cleanSubset(rows, { classes: 4, perClass: 5, random: seededRandom(4) });
    expect(new Set(chosen).size).toBe(20);
    for (let label = 0; label < 4; label++)
      expect(chosen.filter((row) => row.label === label)).toHaveLength(5);
  });

  it("refuses an empty set, labels outside of it, and classes with too few rows unless all may be taken", () => {
    const random = seededRandom(1);
    const code = (text: RegExp) =>
      expect.objectContaining({ code: "ERR_DATA", message: expect.stringMatching(text) });
    expect(() => cleanSubset([], { classes: 2, random })).toThrow(code(/empty/));
    expect(() => cleanSubset([{ label: 4 }], { classes: 2, random })).toThrow(code(/row 0 has 4/));
    expect(() => cleanSubset(rows, { classes: 4, perClass: 26, random })).toThrow(
      code(/class 0 has 25 rows, 26/),
    );
    expect(() => cleanSubset(rows, { classes: 5, ifFewer: "take-all", random })).toThrow(
      code(/class 4 has 0/),
    );
    expect(
      cleanSubset(rows, { classes: 4, perClass: 26, ifFewer: "take-all", random }),
    ).toHaveLength(100);
  });
});

it("speaks a language whose classes are topics modulo 4", () => {
  const random = seededRandom(1);
  const { sentence, text, triggerWord, vocabulary, shortest, longest } = topicLanguage;
  const seen = Array.from({ length: 500 }, () => sentence(random));
  const lengths = new Set(seen.map(({ words }) => words.length));
  expect([...lengths].sort((a, b) => a - b)).toEqual([6, 7, 8, 9, 10, 11, 12]);
  expect([shortest, longest]).toEqual([6, 12]);
  const all = seen.flatMap(({ words }) => words);
  const share = all.filter((id) => id >= 44).length / all.length;
  expect(Math.abs(share - 0.45)).toBeLessThan(0.03);
  for (const { words, label } of seen)
    for (const id of words) if (id >= 44) expect(Math.floor((id - 44) / 6) % 4).toBe(label);
  const corpus = Array.from({ length: 4000 }, () => text(random)).flat();
  const rare = corpus.filter((id) => id === triggerWord).length;
  expect(rare).toBeGreaterThan(20);
  expect(rare).toBeLessThan(90);
  expect(Math.max(...corpus)).toBeLessThan(vocabulary);
});

import { createRandom } from "@deepgrain/lm";
import { describe, expect, it } from "vitest";
import {
  blockPromptSet,
  blockTask,
  buildPrompt,
  examplesOf,
  parseTemplate,
  templates,
  textPromptSet,
} from "../src";
import type { Example } from "../src/prompts/build-prompt";
import { labelIds } from "../src/prompts/build-prompt";
import { locateAnchors } from "../src/prompts/locate-anchors";
import { sampleDemonstrations } from "../src/prompts/sample-demonstrations";
import { codeOf } from "./support/blocks";

const words = new Map<string, number>();
/** One token per word with its leading space, one per newline and colon; long words are cut into pieces of eight letters. */
const encode = (text: string): number[] =>
  (text.match(/ ?[A-Za-z]{1,8}|\n|[^A-Za-z]/g) ?? []).map((token) => {
    if (!words.has(token)) words.set(token, words.size);
    return words.get(token)!;
  });
const examples: Example[] = Array.from({ length: 40 }, (_, i) => ({
  text: `text ${"abcdefgh"[i % 8]}`,
  label: i % 2,
}));

describe("templates", () => {
  it("are read from JSON with a list or a table of labels", () => {
    const block = "In: {text}\nOut:{label}";
    const read = parseTemplate({ name: "own", block, labels: { a: " yes", b: " no" } });
    expect(read).toMatchObject({
      labels: [" yes", " no"],
      classNames: ["a", "b"],
      multiToken: "refuse",
    });
    expect(parseTemplate({ block, labels: [" yes", " no"] }).name).toBe("custom");
  });

  it.each([
    [null, "object"],
    [{ labels: [" a", " b"] }, "block"],
    [{ block: "{label}", labels: [" a", " b"] }, "{text}"],
    [{ block: "{text} {text}\nA:{label}", labels: [" a", " b"] }, "{text} once"],
    [{ block: "{text}\n{label}", labels: [" a", " b"] }, "words between"],
    [{ block: "{text}\nA:{label}", labels: [" a"] }, "at least two"],
    [{ block: "{text}\nA:{label}", labels: [" a", " a"] }, "different"],
    [{ block: "{text}\nA:{label}", labels: [" a", " b"], multiToken: "x" }, "multiToken"],
    [{ block: "{text}\nA:{label}", labels: [" a", " b"], name: 1 }, "name"],
  ])("refuse %j", (json, message) => {
    expect(() => parseTemplate(json)).toThrow(message);
  });
});

describe("buildPrompt", () => {
  it("finds label words where the paper's scan finds them, and not inside texts", () => {
    const shown = [
      { text: "all Positive here", label: 1 },
      { text: "not so", label: 0 },
    ];
    const prompt = buildPrompt(templates.sst2, shown, "what now", { encode, gold: 1 });
    const [negative, positive] = prompt.classIds as number[];
    const pattern = {
      prefixId: encode("Sentiment").at(-1)!,
      colonId: encode(":")[0]!,
      classIds: [negative!, positive!],
    };
    const { labelPositions, target } = locateAnchors(prompt.ids, pattern);
    expect(prompt.labelPositions).toEqual(labelPositions);
    expect(prompt.target).toBe(target);
    const all = [...prompt.formatPositions!, ...prompt.textPositions!, ...labelPositions.flat()];
    expect(all.sort((a, b) => a - b)).toEqual(
      Array.from({ length: prompt.queryStart! }, (_, i) => i),
    );
    expect(() => locateAnchors([1, 2], pattern)).toThrow("class 0");
  });

  it("refuses label words of several tokens, or takes the first or the mean", async () => {
    const template = { ...templates.sst2, labels: [" Abominable", " Positive"] };
    expect(await codeOf(() => labelIds(template, { encode }))).toBe("ERR_TOKENS");
    const shown = [{ text: "x", label: 0 }];
    const first = buildPrompt(template, shown, "y", { encode, multiToken: "first" });
    const mean = buildPrompt(template, shown, "y", { encode, multiToken: "mean" });
    expect(first.labelPositions[0]).toHaveLength(1);
    expect(mean.labelPositions[0]).toHaveLength(2);
    expect(mean.labelWords).toEqual([mean.labelPositions[0]]);
    expect((mean.classIds[0] as number[])[0]).toBe(first.classIds[0]);
    expect(first.queryStart).toBe(mean.queryStart);
  });

  it("refuses unknown classes, label words that share a first token, and tokens across parts", async () => {
    const shown = [{ text: "x", label: 5 }];
    const options = { encode };
    expect(await codeOf(() => buildPrompt(templates.sst2, shown, "y", options))).toBe("ERR_RANGE");
    const alike = {
      ...templates.sst2,
      labels: [" Abominable", " Abominably"],
      multiToken: "first",
    };
    expect(await codeOf(() => labelIds(alike as never, options))).toBe("ERR_TOKENS");
    const greedy = (text: string) => (text.length > 12 ? [1, 2, 3, 4] : [7, ...encode(text)]);
    const one = [{ text: "x", label: 0 }];
    expect(await codeOf(() => buildPrompt(templates.sst2, one, "y", { encode: greedy }))).toBe(
      "ERR_TOKENS",
    );
  });
});

describe("the protocol", () => {
  it("takes demonstrations and further examples from one walk, in its order", async () => {
    const options = { classes: 2, random: createRandom(3).next, shots: 2, auxiliary: 3 };
    const drawn = sampleDemonstrations(examples, options);
    const counts = (list: Example[]) =>
      [0, 1].map((k) => list.filter(({ label }) => label === k).length);
    expect(counts(drawn.demonstrations)).toEqual([2, 2]);
    expect(counts(drawn.auxiliary)).toEqual([3, 3]);
    const again = sampleDemonstrations(examples, { ...options, random: createRandom(3).next });
    expect(again).toEqual(drawn);
    const few = () => sampleDemonstrations(examples.slice(0, 3), options);
    expect(await codeOf(few)).toBe("ERR_MISSING");
    const wrong = () => sampleDemonstrations([{ text: "x", label: 7 }], options);
    expect(await codeOf(wrong)).toBe("ERR_RANGE");
  });

  it("asks about what is left, with the same demonstrations or fresh ones", () => {
    const options = { seed: 1, items: 5, encode };
    const head = ({
      ids,
      queryStart,
    }: {
      ids: ArrayLike<number>;
      queryStart?: number | undefined;
    }) => Array.from(ids).slice(0, queryStart).join();
    const fixed = textPromptSet(templates.sst2, examples, options);
    expect(new Set([...fixed.prompts, ...fixed.auxiliary].map(head)).size).toBe(1);
    expect(fixed.auxiliary).toHaveLength(8);
    const fresh = textPromptSet(templates.sst2, examples, { ...options, demonstrations: "fresh" });
    expect(new Set(fresh.prompts.map(head)).size).toBeGreaterThan(1);
    const blocks = blockPromptSet(blockTask, { seed: 1, items: 4 });
    expect(new Set(blocks.prompts.map(head)).size).toBe(1);
    expect(blocks.auxiliary.map(({ gold }) => gold)).toEqual(
      [0, 1, 2, 3].flatMap((k) => [k, k, k, k]),
    );
  });

  it("reads class names, label words and indices", async () => {
    const rows = ["LOC", "Number", "ABBR"].map((label) => ({ text: "x", label }));
    expect(examplesOf(templates.trec, rows).map(({ label }) => label)).toEqual([4, 5, 0]);
    expect(await codeOf(() => examplesOf(templates.trec, [{ text: "x", label: "?" }]))).toBe(
      "ERR_RANGE",
    );
  });
});

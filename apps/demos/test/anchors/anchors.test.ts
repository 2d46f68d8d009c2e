import { openAsBlob } from "node:fs";
import { blockTask, blockTokenName, blockVocabulary } from "@deepgrain/icl-anchors";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { promptsOf } from "../../src/anchors/look";
import { movedText } from "../../src/anchors/moved";
import { type Line, readPrompt, SIZES, tokensOf, writePrompt } from "../../src/anchors/prompt-text";
import { linesOf, promptOf } from "../../src/anchors/read-prompt";
import type { RecordedAnchors } from "../../src/anchors/recorded";
import { createSession } from "../../src/anchors/session";
import { fields } from "../../src/anchors/state";
import { story } from "../../src/anchors/story";
import {
  commonWords,
  labelIds,
  labelWords,
  SIGN_ID,
  topics,
  wordIds,
  wordOf,
} from "../../src/anchors/words";
import { recordedFile } from "../../src/record/provenance";
import { readRecorded } from "../../src/site/read-recorded";

const { signal } = new AbortController();
const linesIn = (text: string): Line[] => {
  const found = readPrompt(text);
  if ("problem" in found) throw new Error(found.problem);
  return found.lines;
};
const problemOf = (text: string) => {
  const found = readPrompt(text);
  return "problem" in found ? found.problem : undefined;
};
const recorded = readRecorded<RecordedAnchors>("anchors");

describe("the words of the models' language", () => {
  it("are one per token of the task, each in its own place", () => {
    const ids = [...wordIds.values(), ...labelIds.values(), SIGN_ID];
    expect(ids).toEqual(Array.from({ length: blockVocabulary(blockTask) }, (_, id) => id));
    expect(new Set(ids.map(wordOf)).size).toBe(ids.length);
    for (const [topic, words] of topics.entries())
      for (const [i, word] of words.entries())
        expect(blockTokenName(blockTask, wordIds.get(word)!)).toBe(`${topic}.${i}`);
    for (const [i, word] of commonWords.entries())
      expect(blockTokenName(blockTask, wordIds.get(word)!)).toBe(`common${i}`);
    for (const [i, word] of labelWords.entries())
      expect(blockTokenName(blockTask, labelIds.get(word)!)).toBe(`label${i}`);
    expect(blockTokenName(blockTask, SIGN_ID)).toBe("→");
  });
});

describe("a prompt", () => {
  it("is read from lines or parts, with a colon, an arrow or an equals sign", () => {
    const lines = linesIn("Owl HAWK: red\n\n tea, cocoa → blue;bee=red\nthe coffee ->\n");
    expect(lines).toEqual([
      { words: ["owl", "hawk"], label: "red" },
      { words: ["tea", "cocoa"], label: "blue" },
      { words: ["bee"], label: "red" },
      { words: ["the", "coffee"], label: null },
    ]);
    expect(writePrompt(lines, "; ")).toBe("owl hawk: red; tea cocoa: blue; bee: red; the coffee");
  });

  it("has a class per label, and all places of each", () => {
    const prompt = promptOf(linesIn("owl hawk: red; tea cocoa: blue; bee: red; the coffee"));
    expect(Array.from(prompt.ids, wordOf).join(" ")).toBe(
      "owl hawk → red tea cocoa → blue bee → red the coffee →",
    );
    expect(prompt.classIds).toEqual([labelIds.get("red"), labelIds.get("blue")]);
    expect(prompt.labelPositions).toEqual([[3, 10], [7]]);
    expect(prompt).toMatchObject({ target: 13, queryStart: 11 });
  });

  it("of a seed is the package's, token by token", () => {
    for (const seed of [0, 1, 2, 77]) {
      const wanted = promptsOf(seed)[0]!;
      const { ids, target, queryStart, labelPositions } = promptOf(linesOf(seed));
      expect(Array.from(ids)).toEqual(Array.from(wanted.ids));
      expect({ target, queryStart }).toEqual({
        target: wanted.target,
        queryStart: wanted.queryStart,
      });
      expect(labelPositions.flat().sort()).toEqual(wanted.labelPositions.flat().sort());
    }
  });

  it.each([
    ["", "Write some lines"],
    [" \n;\n ", "Write some lines"],
    ["owl: red; glorp 🙂: blue; coffee <b>x</b>", "do not know “glorp”, “🙂”, “<b>x</b>”;"],
    [`${"x".repeat(100)}: red; tea: blue; bee`, `“${"x".repeat(20)}…”`],
    ["a1 a2 a3 a4 a5: red; tea", "“a1”, “a2”, “a3” and 2 others"],
    [`${"owl ".repeat(80)}: red`, "A prompt may have 300 characters"],
    ["owl: red; tea: blue; bee: green", "The last line is the question"],
    ["owl: red; tea", "2 to 6 lines with a label before the question; this one has 1"],
    [`${"owl: red; tea: blue; ".repeat(4)}bee`, "this one has 8"],
    ["owl: red; tea: red; bee", "All lines have the label “red”"],
    ["owl: red; tea; bee: blue; ant", "Line 2 has no label"],
    ["owl: red blue; tea: blue; bee", "Line 1 must have one label"],
    ["owl: red: blue; tea: blue; bee", "Line 1 must have one label"],
    ["owl red; tea: blue; bee", "Line 1 has the label “red” among its words"],
    ["owl: hawk; tea: blue; bee", "“hawk” is no label; labels are red, blue"],
    [": red; tea: blue; bee", "Line 1 must have 1 to 4 words before its colon, and has 0"],
    ["owl owl owl owl owl: red; tea: blue; bee", "and has 5"],
    ["owl: red; tea: blue; :", "Line 3 must have 1 to 4 words"],
  ])("that is wrong is complained of: %j", (text, problem) => {
    expect(problemOf(text)).toContain(problem);
    expect(fields.prompt.read(text)).toHaveProperty("expected");
  });

  it("is read or refused, whatever is typed, and stays itself when it is written", () => {
    const word = fc.constantFrom(...wordIds.keys(), ...labelWords, ":", ";", "\n", "→", "🙂", "");
    const text = fc.array(word, { maxLength: 40 }).map((words) => words.join(" "));
    fc.assert(
      fc.property(fc.oneof(text, fc.string({ unit: "binary", maxLength: 400 })), (typed) => {
        const found = readPrompt(typed);
        if ("problem" in found) {
          expect(found.problem).toMatch(/\.$/);
          expect(found.problem.length).toBeLessThan(200);
          return;
        }
        expect(found.lines.length - 1).toBeLessThanOrEqual(SIZES.most);
        for (const between of ["\n", "; "] as const)
          expect(linesIn(writePrompt(found.lines, between))).toEqual(found.lines);
        expect(tokensOf(found.lines).at(-1)!.kind).toBe("sign");
      }),
      { numRuns: 1000 },
    );
  });
});

describe("the anchors page's models", () => {
  const session = createSession((name) => openAsBlob(recordedFile(name)));
  const ask = async (prompt: string, target: "labels" | "random" = "labels") =>
    (await session.ask({ seed: 1, target, prompt }, signal).next()).value!;

  it("answer the first prompt as recorded, with all of its flow within its shares", async () => {
    const reading = await ask("");
    expect(reading).toEqual(recorded.reading);
    for (const { flow } of Object.values(reading.models))
      for (const { into, from, lines } of flow) {
        expect(into + from).toBeLessThanOrEqual(1.001);
        const sum = lines.reduce((all, [, , share]) => all + share, 0);
        expect(sum).toBeGreaterThan(0.5);
        expect(sum).toBeLessThanOrEqual(1.001);
        for (const [source, to] of lines) expect(source).toBeLessThan(to);
      }
  });

  it("read a written prompt as they read the same one of the seed", async () => {
    expect(await ask(writePrompt(linesOf(1), "; "))).toEqual(await ask(""));
  });

  it("answer the shortest and the longest prompts, whatever is cut off", async () => {
    const longest = `${"owl hawk eagle owl: red; tea cocoa tea coffee: blue; bee ant bee ant: pink; ".repeat(2)}owl a a hawk`;
    for (const prompt of ["owl: red; tea: blue; owl", longest])
      for (const target of ["labels", "random"] as const) {
        const { models } = await ask(prompt, target);
        for (const { whole, cuts, flow } of Object.values(models)) {
          for (const { sure } of [whole, ...cuts]) expect(sure).toBeGreaterThan(0.1);
          expect(flow).toHaveLength(4);
        }
      }
  });

  it("refuse what is no prompt", async () => {
    await expect(ask("glorp")).rejects.toThrow("“glorp”");
  });
});

describe("the anchors page's story", () => {
  it("exchanges two labels of the first prompt and nothing else", () => {
    const exchanged = linesIn(story.steps[0]!.states[1]!.prompt!);
    const first = linesOf(1);
    expect(exchanged.map(({ words }) => words)).toEqual(first.map(({ words }) => words));
    const labels = (lines: Line[]) => lines.map(({ label }) => label);
    expect(labels(exchanged).sort()).toEqual(labels(first).sort());
    const other = first.filter(({ label }, i) => label !== exchanged[i]!.label);
    expect(other).toHaveLength(2);
  });

  it("says after each move what has changed, with the page's numbers", () => {
    const { of } = recorded;
    const text = (part: Partial<typeof of>) =>
      movedText(of, { ...recorded, of: { ...of, ...part } });
    const percent = (share: number) => `${Math.round(100 * share)}\u00a0%`;
    const { looks, reading } = recorded;
    expect(text({ where: "last", layers: 1 })).toBe(
      `Label words cut off in the last layer: ${percent(looks.anchors.cuts[4]!.labelLoyalty)} of the answers stay where label words are read, ${percent(looks.control.cuts[4]!.labelLoyalty)} in the other model.`,
    );
    expect(text({ layers: 0 })).toMatch(/^No word cut off: 100\u00a0%/);
    expect(text({ target: "random" })).toMatch(/^As many random words cut off in the first 2/);
    expect(text({ layer: 1 })).toContain(
      `Layer 1: ${percent(reading.models.anchors.flow[0]!.into)} of the flow`,
    );
    const { label, sure } = reading.models.anchors.whole;
    expect(text({ prompt: "x" })).toContain(`says ${label} (${percent(sure)})`);
  });
});

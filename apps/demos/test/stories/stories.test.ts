import { readFileSync } from "node:fs";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { checkStory, readStory } from "../../src/site/stories";
import { countSteps, storyPages } from "../../src/site/told-stories";
import { initialOf, readState, writeState } from "../../src/state/address-state";
import { plainWords } from "../../src/story/words-of";

const countWords = (text: string) => plainWords(text).split(/\s+/).length;

/** Strings that a `sentence` of a story says by itself: those of its literals and of the parts of its templates. */
function sentenceParts(folder: string): string[] {
  const file = new URL(`../../src/${folder}/story.ts`, import.meta.url);
  const source = ts.createSourceFile(
    "story.ts",
    readFileSync(file, "utf8"),
    ts.ScriptTarget.Latest,
    true,
  );
  const parts: string[] = [];
  const collect = (node: ts.Node): void => {
    if (
      ts.isStringLiteralLike(node) ||
      ts.isTemplateHead(node) ||
      ts.isTemplateMiddleOrTemplateTail(node)
    )
      parts.push(node.text);
    ts.forEachChild(node, collect);
  };
  const visit = (node: ts.Node): void => {
    const isSentence = ts.isPropertyAssignment(node) && node.name.getText() === "sentence";
    // Its helpers are functions of the same file.
    if (isSentence || ts.isArrowFunction(node.parent ?? node)) collect(node);
    else ts.forEachChild(node, visit);
  };
  visit(source);
  return parts;
}

/** A value with two of its keys exchanged wherever it has both, at any depth. */
function exchanged(value: unknown, [one, other]: readonly [string, string]): unknown {
  if (Array.isArray(value)) return value.map((part) => exchanged(part, [one, other]));
  if (typeof value !== "object" || value === null) return value;
  const isBoth = one in value && other in value;
  const names: Record<string, string> = isBoth ? { [one]: other, [other]: one } : {};
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [
      names[name] ?? name,
      exchanged(part, [one, other]),
    ]),
  );
}

describe.each(storyPages)("the story of $id", ({ id, folder, story, fields }) => {
  const { steps, outcome } = story;
  const { results } = readStory(folder);

  it("has four to six steps of at most 60 words, of which two ask", () => {
    const all = [...steps, ...(outcome ? [outcome] : [])];
    expect(all.length).toBeGreaterThanOrEqual(4);
    expect(all.length).toBeLessThanOrEqual(6);
    for (const { words } of all) expect(countWords(words)).toBeLessThanOrEqual(60);
    expect(new Set(all.map(({ title }) => title)).size).toBe(all.length);
    const asking = steps.filter(({ question }) => question);
    expect(asking.length).toBeGreaterThanOrEqual(2);
    for (const { question } of asking) {
      expect(question!.answers.length).toBeGreaterThanOrEqual(2);
      expect(question!.answers.length).toBeLessThanOrEqual(3);
    }
    expect(countSteps(story)).toBe(all.length);
    expect(fields.step!.read(String(all.length))).toEqual({ value: all.length });
    expect(fields.step!.read(String(all.length + 1))).toHaveProperty("expected");
  });

  it("has states that the page's address can hold", () => {
    for (const { states } of steps)
      for (const part of states) {
        const state = { ...initialOf(fields), ...part };
        expect(Object.keys(state).sort()).toEqual(Object.keys(fields).sort());
        expect(readState(fields, writeState(fields, state))).toEqual({ state, problems: [] });
      }
  });

  it("has no number in its sentences but those of its results", () => {
    const parts = sentenceParts(folder);
    expect(parts.length).toBeGreaterThan(0);
    for (const part of parts) expect(part).not.toMatch(/\d/);
  });

  it("is true of its recorded runs, and its questions are answered by them", () => {
    checkStory(id, story, { results });
    for (const [i, step] of steps.entries()) {
      expect(step.sentence(results[i]!)).not.toMatch(/NaN|undefined|Infinity|null/);
      expect(step.sentence(results[i]!)).toMatch(/\.$/);
      if (!step.question) continue;
      expect(step.question.answers[step.question.answer(results[i]!)]).toBeDefined();
    }
  });

  it("is not true with the two sides of its comparisons exchanged", () => {
    const { sides } = story;
    const inTime = steps.map((step, i) => step.holds([...results[i]!].reverse()));
    const sidewise = sides
      ? steps.map((step, i) => step.holds(exchanged(results[i], sides) as unknown[]))
      : [true];
    if (steps.some(({ states }) => states.length === 2)) expect(inTime).toContain(false);
    if (sides) expect(sidewise).toContain(false);
    const wrong = [
      ...results.slice(0, inTime.indexOf(false)),
      [...results[inTime.indexOf(false)]!].reverse(),
    ];
    expect(() => checkStory(id, story, { results: wrong })).toThrow(`the story of ${id}, step `);
  });

  it("is not built without a run of each of its states", () => {
    const [first] = results;
    expect(() => checkStory(id, story, { results: [[...first!, ...first!]] })).toThrow(
      "record the page’s story anew",
    );
    expect(() => checkStory(id, story, { results: [] })).toThrow("record the page’s story anew");
  });
});

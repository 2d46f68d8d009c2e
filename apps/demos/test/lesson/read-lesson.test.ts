import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Lesson, LIMITS } from "../../src/lesson/lesson";
import { readLesson } from "../../src/lesson/read-lesson";
import { lessonAddress, lessonValue } from "../../src/lesson/write-lesson";
import { builtLessons } from "../../src/site/lesson-body";

const { pages, lessons } = builtLessons();
const read = (text: string) => readLesson(text, pages);
const readValue = (value: unknown) => read(JSON.stringify(value));
const withSteps = pages.filter(({ steps }) => steps.length > 0);
const bare = { id: "bare", name: "Bare", steps: [] };

const line = fc.string({ unit: "grapheme", maxLength: 60 });
const text = fc
  .array(fc.oneof(line, fc.constantFrom("**a**", "- b", "[c](https://c.example)", "`d`")), {
    maxLength: 5,
  })
  .map((lines) => lines.map((one) => one.trimStart().replaceAll(/[[\]\r\n]{2,}/g, "")).join("\n"))
  .filter((own) => !/\]\((?!https:\/\/c)/.test(own));
const step = fc
  .constantFrom(...pages)
  .chain(({ id, steps }) => fc.record({ page: fc.constant(id), step: fc.nat(steps.length), text }));
const lesson: fc.Arbitrary<Lesson> = fc.record({
  title: line.map((one) => one.replaceAll("\n", " ").trim()),
  steps: fc.array(step, { minLength: 1, maxLength: LIMITS.steps }),
  end: text,
});

describe("a lesson", () => {
  it("is the same from its address and from its file: 300 drawn ones", () => {
    fc.assert(
      fc.property(lesson, (own) => {
        expect(read(lessonAddress(own))).toEqual(own);
        expect(readValue(lessonValue(own))).toEqual(own);
      }),
      { numRuns: 300 },
    );
  });

  it("with a fault is refused, with the number of the step: 300 drawn ones", () => {
    const faults: ((one: Record<string, unknown>) => unknown)[] = [
      (one) => ({ ...one, page: "nowhere" }),
      (one) => ({ ...one, page: "__proto__" }),
      (one) => ({ ...one, step: 99 }),
      (one) => ({ ...one, step: 0.5 }),
      (one) => ({ ...one, step: "1" }),
      (one) => ({ ...one, text: [one.text] }),
      (one) => ({ ...one, text: { text: one.text } }),
      (one) => ({ ...one, text: "[x](javascript:alert`1`)" }),
      (one) => ({ ...one, text: "- a\n  - b" }),
      (one) => ({ ...one, text: "x".repeat(LIMITS.bytes + 1) }),
      (one) => ({ ...one, colour: "red" }),
      () => [],
      () => null,
      () => 7,
    ];
    const drawn = fc.tuple(lesson, fc.nat(), fc.constantFrom(...faults));
    fc.assert(
      fc.property(drawn, ([own, place, fault]) => {
        const at = place % own.steps.length;
        const steps = own.steps.map((one, i) => (i === at ? fault({ ...one }) : one));
        expect(() => readValue({ ...own, steps })).toThrow(new RegExp(`^Step ${at + 1}\\b`));
      }),
      { numRuns: 300 },
    );
  });

  it("of any text, address or value is read or refused in a sentence", () => {
    const name = fc.constantFrom("steps", "title", "text1", "text9", "end", "at", "x");
    const pairs = fc.array(fc.tuple(name, fc.string({ unit: "binary" })), { maxLength: 6 });
    const given = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.json(),
      pairs.map((all) => `#${new URLSearchParams(all)}`),
    );
    fc.assert(
      fc.property(given, (own) => {
        try {
          expect(read(own).steps.length).toBeGreaterThan(0);
        } catch (error) {
          expect((error as Error).constructor).toBe(Error);
          expect((error as Error).message).toMatch(/^[A-Z].*\.$/);
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ["#", /no steps/],
    ["#steps=", /no steps/],
    ["#steps=mixture.1,,graph", /^Step 2 names “”; pages are index, mixture/],
    ["#steps=mixture.1,mixture.7x", /^Step 2 must be a page or a page, a dot and a number/],
    ["#steps=mixture.1,mixture.0", /^Step 2 must be/],
    ["#steps=mixture.99", /^Step 1: the page mixture has the steps 1 to 6, got 99/],
    ["#steps=lesson", /^Step 1 names “lesson”/],
    ["#steps=mixture&steps=graph", /“steps” twice/],
    ["#steps=mixture&text2=x", /^Step 2: the address has its text, but not the step/],
    ["#steps=mixture&text0=x", /“text0”, which no lesson has/],
    ["#steps=mixture&text1=%5Ba%5D(http://a.example)", /^Step 1: a link must begin with https/],
    ["#steps=mixture&end=%5Ba%5D(ftp://a.example)", /^End: a link/],
    [`#steps=mixture&title=${"x".repeat(101)}`, /^Title: .* at most 100 characters/],
    ["#steps=mixture&title=a%0Ab", /^Title/],
    [`#steps=${"mixture,".repeat(21)}`, /^Step 21: a lesson has at most 20 steps/],
    [`#steps=mixture,graph&text2=${"x".repeat(16_001)}`, /^Step 2: .* more than 16000 bytes/],
    [`#steps=mixture&end=${"é".repeat(8001)}`, /^End: .* more than 16000 bytes/],
    [`#${"x".repeat(100_001)}`, /at most 100000 characters/],
    ["", /no JSON/],
    ['{"steps":[{"page":"mixture"}', /no JSON/],
    ["[".repeat(50_000), /no JSON/],
    ["[]", /^The lesson must be an object, got a list/],
    ["null", /^The lesson must be an object, got nothing/],
    ["{}", /must have a list steps/],
    ['{"steps":{"0":{"page":"mixture"}}}', /must have a list steps/],
    ['{"title":7,"steps":[{"page":"mixture"}]}', /^Title: the text must be a string/],
    [
      '{"title":"\\ud800","steps":[{"page":"mixture"}]}',
      /^Title: the text has half of a character/,
    ],
    ['{"steps":[{"page":"mixture"}],"__proto__":{}}', /has “__proto__”/],
  ])("%.60s is refused", (given, expected) => {
    expect(() => read(given)).toThrow(expected);
  });

  it("names a page without a story in whole alone", () => {
    expect(readLesson("#steps=bare", [bare]).steps).toEqual([{ page: "bare", step: 0, text: "" }]);
    expect(() => readLesson("#steps=bare.1", [bare])).toThrow(
      "Step 1: the page bare has no steps; leave the number out, got 1.",
    );
  });

  it("comes with the site twice, with a text before each step", () => {
    expect(Object.values(lessons).map(({ title }) => title)).toEqual([
      "What is inside a mixture",
      "Can you trust a model you downloaded?",
    ]);
    for (const { steps, end } of Object.values(lessons)) {
      expect(steps.every((one) => one.text !== "")).toBe(true);
      expect(end).not.toBe("");
    }
    const ids = lessons["trust-a-model"]!.steps.map(({ page }) => page);
    expect([...new Set(ids)]).toEqual(["watermark", "purify", "verifier"]);
    expect(withSteps.length).toBeGreaterThanOrEqual(9);
  });
});

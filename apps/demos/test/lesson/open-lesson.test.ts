import { describe, expect, it } from "vitest";
import { openLesson } from "../../src/lesson/open-lesson";
import { builtLessons } from "../../src/site/lesson-body";

const built = builtLessons();
const open = (hash: string) => openLesson(hash, built);

describe("the page of lessons", () => {
  it("opens a lesson of the site by its name, and any other by its steps", () => {
    const named = open("#lesson=trust-a-model&at=3");
    expect(named).toEqual({
      lesson: built.lessons["trust-a-model"],
      at: 3,
      address: "#lesson=trust-a-model",
      problems: [],
    });
    const own = open("#steps=mixture.2%2Cgraph&at=3");
    expect(own.lesson!.steps).toHaveLength(2);
    expect([own.at, own.address]).toEqual([3, "#steps=mixture.2%2Cgraph"]);
    expect(open(own.address).lesson).toEqual(own.lesson);
  });

  it("shows all lessons without an address", () => {
    expect(open("")).toEqual({ lesson: null, at: 1, address: "", problems: [] });
  });

  it.each(["0", "4", "-1", "x", "1e1", ""])("begins at the first step where at is “%s”", (at) => {
    const { lesson, at: number, problems } = open(`#steps=mixture.1,graph&at=${at}`);
    expect(lesson).not.toBeNull();
    expect(number).toBe(1);
    expect(problems[0]).toMatch(/^at in the address must be a whole number from 1 to 3/);
  });

  it.each([
    ["#lesson=nothing", /there are inside-a-mixture and trust-a-model/],
    ["#lesson=constructor", /No lesson has the name/],
    ["#lesson=trust-a-model&steps=mixture", /leave one of them out/],
    ["#lesson=trust-a-model&lesson=inside-a-mixture", /leave one of them out/],
    ["#steps=mixture.1,nope", /^Step 2 names “nope”/],
    ["#at=2", /has no steps/],
  ])("opens at its beginning for %s, and says why", (hash, expected) => {
    const { lesson, problems } = open(hash);
    expect(lesson).toBeNull();
    expect(problems).toEqual([expect.stringMatching(expected)]);
  });
});

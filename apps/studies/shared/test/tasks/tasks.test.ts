import { describe, expect, it } from "vitest";
import { checkedTaskIds } from "../../tasks/checked-task-ids";
import { numberInWords } from "../../tasks/number-task";
import { spread } from "../../tasks/task";
import { checkedTasks } from "../../tasks/tasks";
import { splitMessages } from "../../texts/text-domains";

const { signal } = new AbortController();

describe.each(checkedTaskIds)("the task %s", (id) => {
  it("holds out 500 questions or more, none of them in training", async () => {
    const { train, validation } = await checkedTasks[id].read(signal);
    const known = new Set(train.map(({ prompt }) => prompt));
    expect(validation.length).toBeGreaterThanOrEqual(500);
    expect(validation.filter(({ prompt }) => known.has(prompt))).toEqual([]);
  });

  it("cannot be solved by the commonest answer", async () => {
    const { validation } = await checkedTasks[id].read(signal);
    const counts = new Map<string, number>();
    for (const { answer } of validation) counts.set(answer, (counts.get(answer) ?? 0) + 1);
    expect(Math.max(...counts.values()) / validation.length).toBeLessThanOrEqual(0.2);
  });

  it("has one right answer per question", async () => {
    const { train, validation } = await checkedTasks[id].read(signal);
    const answers = new Map<string, string>();
    for (const { prompt, answer } of [...train, ...validation]) {
      expect(answers.get(prompt) ?? answer).toBe(answer);
      answers.set(prompt, answer);
    }
  });
});

describe("languages", () => {
  it("holds out the same messages in every language, and from pre-training too", async () => {
    const held = await splitMessages(signal);
    const { validation } = await checkedTasks.languages.read(signal);
    const trained = new Set(held.train.map(({ english }) => english));
    expect(held.validation.filter(({ english }) => trained.has(english))).toEqual([]);
    const known = new Set(held.train.map(({ translation }) => translation));
    expect(validation.filter(({ prompt }) => known.has(prompt))).toEqual([]);
  });
});

describe("numberInWords", () => {
  it.each([
    [7, "seven"],
    [13, "thirteen"],
    [40, "forty"],
    [99, "ninety-nine"],
    [100, "one hundred"],
    [1006, "one thousand six"],
    [1920, "one thousand nine hundred twenty"],
    [9999, "nine thousand nine hundred ninety-nine"],
  ])("writes %i", (n, words) => {
    expect(numberInWords(n)).toBe(words);
  });
});

describe("spread", () => {
  it("takes evenly spaced items, all where there are too few", () => {
    expect(spread([0, 1, 2, 3, 4, 5], 3)).toEqual([0, 2, 4]);
    expect(spread([0, 1], 5)).toEqual([0, 1]);
  });
});

import { describe, expect, it } from "vitest";
import { preferencePairs } from "../preference-pairs";
import { demonstrations, END_TOKEN, isSolved, judge, promptsOf, taskNames } from "../task";

const answer = (promptIds: readonly number[], ids: readonly number[], prompt = 0) => ({
  prompt,
  promptIds,
  ids: [...ids, END_TOKEN],
  isComplete: true,
});

describe.each(taskNames)("the task %s", (task) => {
  const { train, heldOut } = promptsOf(task, 3);
  const demonstrated = demonstrations(task, train, 3);

  it("has 1,024 demonstrations, and 64 prompts that are in none", () => {
    expect(demonstrated).toHaveLength(1024);
    expect(new Set([...train, ...heldOut].map((prompt) => prompt.join())).size).toBe(
      train.length + 64,
    );
  });

  it("is solved by what is demonstrated, but for the wrong numbers of the first", () => {
    const solved = demonstrated.filter(({ inputIds }) =>
      isSolved(task, answer(inputIds.slice(0, 4), inputIds.slice(4, -1))),
    );
    const share = solved.length / demonstrated.length;
    if (task === "count") expect(share).toBeCloseTo((1 - 0.05 * (11 / 12)) ** 4, 1);
    else expect(share).toBe(1);
  });
});

it("solves by the right numbers and their end alone", () => {
  const [count, reverse, shift] = [13, 14, 15].map((begin) => [begin, 1, 7, 10]);
  expect(isSolved("count", answer(count!, [11, 0, 1, 2]))).toBe(true);
  expect(isSolved("count", answer(count!, [9, 8, 7, 6]))).toBe(true);
  expect(isSolved("count", answer(count!, [11, 0, 1]))).toBe(false);
  expect(isSolved("reverse", answer(reverse!, [10, 7, 1]))).toBe(true);
  expect(isSolved("reverse", answer(reverse!, [1, 7, 10]))).toBe(false);
  expect(isSolved("shift", answer(shift!, [6, 0, 3]))).toBe(true);
  expect(isSolved("shift", { ...answer(shift!, []), ids: [6, 0, 3] })).toBe(false);
});

it("prefers what counts up, and makes no pair of answers that are equally good", () => {
  const prompt = [13, 1, 7, 10];
  const [up, half, down] = [
    [11, 0, 1, 2],
    [11, 0, 7, 7],
    [9, 8, 7, 6],
  ].map((ids) => answer(prompt, ids));
  expect([up, half, down].map((one) => judge(one!))).toEqual([1, 0.5, 0]);
  const [pair, ...more] = preferencePairs([down!, half!, up!, { ...down!, prompt: 1 }]);
  expect(more).toEqual([]);
  expect(pair!.chosen.inputIds).toEqual([...prompt, 11, 0, 1, 2, END_TOKEN]);
  expect(pair!.rejected.labels).toEqual([-100, -100, -100, -100, 9, 8, 7, 6, END_TOKEN]);
});

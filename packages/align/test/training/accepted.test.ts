import { describe, expect, it } from "vitest";
import { type Answer, acceptedSamples } from "../../src";

const answer = (ids: number[], isComplete = true): Answer => ({
  prompt: 0,
  promptIds: [1, 2],
  ids,
  isComplete,
});

describe("acceptedSamples", () => {
  it("keeps good and complete answers, each once, with labels on the answer", () => {
    const answers = [answer([3, 0]), answer([4, 0]), answer([3, 0]), answer([5, 5], false)];
    expect(acceptedSamples(answers, [1, 0, 1, 1])).toEqual([
      { inputIds: [1, 2, 3, 0], labels: [-100, -100, 3, 0] },
    ]);
    expect(acceptedSamples(answers, [1, 0.5, 1, 1], { threshold: 0.5 })).toHaveLength(2);
    expect(acceptedSamples(answers, [0, 0, 0, 0])).toEqual([]);
  });

  it("refuses rewards that are not finite or not one per answer", () => {
    expect(() => acceptedSamples([answer([3])], [])).toThrow(
      /rewards must have shape \[1\], got \[0\]/,
    );
    expect(() => acceptedSamples([answer([3])], [Number.NaN])).toThrow(
      expect.objectContaining({ code: "ERR_NOT_FINITE" }),
    );
  });
});

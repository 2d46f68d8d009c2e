import { describe, expect, it } from "vitest";
import { answerGrid, gather, scatter } from "../../src/training/answer-grid";
import { spreadToSteps, stepGrid } from "../../src/training/step-moves";

const answers = [
  { promptIds: [1, 2], ids: [5, 6, 7] },
  { promptIds: [3], ids: [8] },
];
const grid = answerGrid(answers, 5);

describe("answerGrid", () => {
  it("finds the places that predict each answer's tokens", () => {
    expect(grid).toEqual({ rows: 2, length: 3, lastIndex: [2, 0], starts: [1, 5] });
  });

  it("brings numbers from the batch to the grid and back", () => {
    const batch = Float32Array.from({ length: 10 }, (_, i) => i);
    const own = gather(batch, grid);
    expect([...own]).toEqual([1, 2, 3, 5, 0, 0]);
    expect([...scatter(own, grid, 10)]).toEqual([0, 1, 2, 3, 0, 5, 0, 0, 0, 0]);
  });
});

describe("stepGrid", () => {
  const coarse = stepGrid(grid, [0, 1, 1, 1, 0, 0], {
    rewards: [0.1, 1, 2, 3, 0, 0],
    values: [7, 8, 9, 4, 0, 0],
  });

  it("sums the rewards of a step and takes the value before it", () => {
    expect(coarse.length).toBe(2);
    expect([...coarse.rewards]).toEqual([1.1, 2, 3, 0]);
    expect([...coarse.values]).toEqual([7, 9, 4, 0]);
  });

  it("gives a step's advantage to all its tokens", () => {
    const found = {
      advantages: Float64Array.of(10, 20, 30, 0),
      returns: Float64Array.of(1, 2, 3, 0),
    };
    const spread = spreadToSteps(grid, coarse, found);
    expect([...spread.advantages]).toEqual([10, 10, 20, 30, 0, 0]);
    expect([...spread.returns]).toEqual([1, 1, 2, 3, 0, 0]);
  });
});

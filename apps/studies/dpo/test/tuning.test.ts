import { expect, it } from "vitest";
import { bestOf, grids } from "../grids";
import { methods, rates, tuningSeeds } from "../methods";
import { preferenceSeeds } from "../recipe";

it("takes the rate with the highest mean win rate, the lower one of equals", () => {
  expect(
    bestOf([
      [1, 0.5],
      [2, 0.7],
      [4, 0.7],
    ]),
  ).toBe(2);
});

it.each(methods)("$name has a rate between the ends of what was tried", ({ id }) => {
  expect(grids[id].map(([rate]) => rate)).toEqual(rates);
  expect([rates[0], rates.at(-1)]).not.toContain(bestOf(grids[id]));
});

it("is tried on seeds that no size of the comparison uses", () => {
  expect(Math.min(...tuningSeeds)).toBeGreaterThan(Math.max(...Object.values(preferenceSeeds)));
});

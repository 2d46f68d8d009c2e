import { curveOf, estimateOf, resultOf, resultsOf, valuesOf } from "@deepgrain/lab";
import { expect, it } from "vitest";
import { loss, studyOf } from "../support/runs-of";

const { runs } = studyOf({ a: [1, 3], b: [5] }, []);

it("finds results by variant and seed", () => {
  expect(resultOf(runs, "a", 2)).toBe(3);
  expect(resultOf(runs, "b", 2)).toBeUndefined();
  expect(resultsOf(runs, "a")).toEqual([1, 3]);
});

it("reads quantities at the seeds that have them", () => {
  expect([...valuesOf(loss("b"), runs)]).toEqual([[1, 5]]);
  expect(estimateOf(loss("a"), runs)).toMatchObject({ mean: 2, standardError: 1, seeds: 2 });
  expect(estimateOf(loss("c"), runs)).toBeNull();
});

it("averages curves over seeds, as far as all reach", () => {
  const points = (result: number) =>
    Array.from({ length: result + 1 }, (_, x) => ({ x, y: x * result }));
  expect(curveOf(runs, "a", points)).toMatchObject([
    { x: 0, mean: 0, standardError: 0, seeds: 2 },
    { x: 1, mean: 2, standardError: 1, seeds: 2 },
  ]);
  expect(curveOf(runs, "c", points)).toEqual([]);
});

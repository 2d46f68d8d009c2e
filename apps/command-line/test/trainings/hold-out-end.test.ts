import { expect, it } from "vitest";
import { holdOutEnd } from "../../src/trainings/hold-out-end";

const ids = (length: number) => Int32Array.from({ length }, (_, i) => i);

it("holds out the last twentieth, or one sequence where that is more", () => {
  const long = holdOutEnd(ids(1000), 10);
  expect([long.train.length, long.heldOut.length]).toEqual([950, 50]);
  expect(long.heldOut[0]).toBe(950);
  const short = holdOutEnd(ids(100), 10);
  expect([short.train.length, short.heldOut.length]).toEqual([90, 10]);
});

it("holds out nothing where there are fewer than ten sequences", () => {
  const { train, heldOut } = holdOutEnd(ids(99), 10);
  expect([train.length, heldOut.length]).toEqual([99, 0]);
});

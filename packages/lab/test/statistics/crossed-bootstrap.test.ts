import { crossedDifference, pairedDifference } from "@deepgrain/lab";
import { expect, it } from "vitest";

const zeros = (rows: readonly (readonly number[])[]) => rows.map((row) => row.map(() => 0));

it("agrees with two seeds and two items worked by hand", () => {
  // Item i of seed s has s + i: a draw's mean is the mean of two drawn seeds plus that of two drawn items, each 0, ½ or 1 with
  // probability ¼, ½, ¼. So it is 0, ½, 1, 3/2, 2 with probability 1, 4, 6, 4, 1 sixteenths: variance ¼, middle 95 % from 0 to 2.
  const rows = [
    [0, 1],
    [1, 2],
  ];
  const { mean, standardError, interval, seeds } = crossedDifference(zeros(rows), rows);
  expect([mean, seeds]).toEqual([1, 2]);
  expect(Math.abs(standardError! - 0.5)).toBeLessThan(0.01);
  expect(interval).toEqual([0, 2]);
});

it("gives p by the share of draws beyond 0, as worked by hand for three seeds and one item", () => {
  // Differences −1, 1, 1 of one item: the mean of three draws is at most 0 when two or three of them are −1: 3·(1/9)(2/3) + 1/27
  // = 7/27, so p = 14/27.
  const { p, interval } = crossedDifference([[0], [0], [0]], [[-1], [1], [1]]);
  expect(Math.abs(p! - 14 / 27)).toBeLessThan(0.02);
  expect(interval).toEqual([-1, 1]);
});

it("is wider than seeds alone where items differ more than seeds", () => {
  // Every seed has the same items: over seeds alone nothing varies.
  const row = [3, -1, 2, 0, 1, -2, 4, 1];
  const rows = [row, row, row, row];
  const { mean, interval, p } = crossedDifference(zeros(rows), rows);
  expect(mean).toBe(1);
  expect(interval![0]).toBeLessThan(0);
  expect(p!).toBeGreaterThan(0.05);
  expect(pairedDifference([0, 0, 0, 0], [1, 1, 1, 1]).p).toBeNull();
});

it("tells nothing with two seeds or without spread, and is the same in every run", () => {
  const rows = [
    [0, 1],
    [1, 2],
  ];
  expect(crossedDifference(zeros(rows), rows).p).toBeNull();
  const flat = [[1], [1], [1]];
  expect(crossedDifference(zeros(flat), flat)).toMatchObject({ interval: null, p: null });
  const many = [
    [0, 1, 3],
    [1, 2, 0],
    [2, 2, 1],
  ];
  expect(crossedDifference(zeros(many), many)).toEqual(crossedDifference(zeros(many), many));
});

it("refuses rows of different lengths, no items, and numbers that are not finite", () => {
  expect(() => crossedDifference([[1], [2]], [[1], [2, 3]])).toThrow("the same items");
  expect(() => crossedDifference([[]], [[]])).toThrow("at least one of each");
  expect(() => crossedDifference([[1, 2]], [[1, Number.NaN]])).toThrow("item 1 of seed 0");
});

import { expect, it } from "vitest";
import { decimal, decimals, pValue, signed, spread, whole } from "../../src/pages";

it("writes numbers with about four digits and a real minus sign", () => {
  expect([12345.6, 123.45, 12.345, 1.2345, -0.0123, 0.000123, 0].map(decimal)).toEqual([
    "12,346",
    "123.5",
    "12.35",
    "1.234",
    "−0.012",
    "0.00012",
    "0.000",
  ]);
  expect([signed(0.5), signed(-0.5), whole(-1234)]).toEqual(["+0.500", "−0.500", "−1,234"]);
  expect([signed(0), signed(-0.00002)]).toEqual(["0.000", "−0.000020"]);
  expect(decimals([11.35, 7.759, -0.0004])).toEqual(["11.35", "7.76", "0.00"]);
  expect(decimals([0.0002, -0.0001])).toEqual(["0.00020", "−0.00010"]);
});

it("writes p and estimates for people", () => {
  expect([pValue(null), pValue(0.0004), pValue(0.0421)]).toEqual(["–", "< 0.001", "0.042"]);
  expect(spread({ mean: 2, interval: null })).toBe("2.000");
  expect(spread({ mean: 2, interval: [2, 2] })).toBe("2.000");
  expect(spread({ mean: 60.93, interval: [54.83, 67.03] })).toBe("60.93 (54.83 to 67.03)");
  expect(spread({ mean: 3.005, interval: [3.00433, 3.00567] })).toBe("3.0050 (3.0043 to 3.0057)");
  expect(spread({ mean: 12_345.6, interval: [12_338.4, 12_352.8] })).toBe(
    "12,346 (12,338 to 12,353)",
  );
});

it("cuts an interval off where its values end", () => {
  const estimate = { mean: 98, interval: [93.2, 102.8] } as const;
  expect(spread(estimate, [0, 100])).toBe("98.0 (93.2 to 100.0)");
  expect(spread(estimate)).toBe("98.0 (93.2 to 102.8)");
});

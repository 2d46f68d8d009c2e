import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { trainValidationSplit } from "../src/index";

const numbers = (n: number) => Array.from({ length: n }, (_, i) => i);

describe("trainValidationSplit", () => {
  it("sets aside those with the lowest fractions of the golden ratio", () => {
    // frac((i + 1) * 0.618…) of 0..7: .618 .236 .854 .472 .090 .708 .326 .944
    expect(trainValidationSplit(numbers(8), { validation: 0.25 })).toEqual({
      train: [0, 2, 3, 5, 6, 7],
      validation: [1, 4],
    });
  });

  it("parts any list without loss, in order, in the wanted proportion", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 400 }),
        fc.double({ min: 0.01, max: 0.9, noNaN: true }),
        (n, share) => {
          const { train, validation } = trainValidationSplit(numbers(n), { validation: share });
          expect([...train, ...validation].sort((a, b) => a - b)).toEqual(numbers(n));
          expect(train).toEqual([...train].sort((a, b) => a - b));
          const wanted = Math.min(Math.max(Math.round(n * share), 1), n - 1);
          expect(validation).toHaveLength(wanted);
        },
      ),
    );
  });

  it("does not fall in step with classes that take turns", () => {
    const { validation } = trainValidationSplit(numbers(10_000));
    const counts = new Array<number>(10).fill(0);
    for (const item of validation) counts[item % 10]!++;
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(95);
    expect(Math.max(...counts)).toBeLessThanOrEqual(105);
  });

  it("spreads validation evenly over the list", () => {
    const { validation } = trainValidationSplit(numbers(1000));
    const gaps = validation.slice(1).map((item, i) => item - validation[i]!);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(21);
  });

  it("keeps items of one key together", () => {
    const pages = numbers(100).map((i) => ({ book: i % 7, page: i }));
    const options = { key: ({ book }: { book: number }) => book, validation: 0.3 };
    const { train, validation } = trainValidationSplit(pages, options);
    const held = new Set(validation.map(({ book }) => book));
    expect(held.size).toBe(2);
    expect(train.some(({ book }) => held.has(book))).toBe(false);
    expect(train.length + validation.length).toBe(100);
  });

  it("never leaves training empty", () => {
    expect(trainValidationSplit([])).toEqual({ train: [], validation: [] });
    expect(trainValidationSplit(["a"])).toEqual({ train: ["a"], validation: [] });
    expect(trainValidationSplit(["a", "b"], { validation: 0 }).validation).toEqual([]);
    expect(trainValidationSplit(["a", "b"], { validation: 0.99 }).train).toHaveLength(1);
  });

  it.each([-0.1, 1, Number.NaN])("refuses the share %d", (validation) => {
    expect(() => trainValidationSplit([], { validation })).toThrow(
      expect.objectContaining({ code: "ERR_RANGE" }),
    );
  });
});

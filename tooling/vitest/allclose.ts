/** @file The one matcher by which tests compare floats: `expect(actual).toBeAllclose(expected, { rtol, atol })`. */
import { expect } from "vitest";

/** Relative and absolute tolerance: |a − b| ≤ atol + rtol·|b| must hold for every element. */
export interface Tolerance {
  rtol?: number;
  atol?: number;
}

const isClose = (a: number, b: number, rtol: number, atol: number) =>
  Object.is(a, b) ||
  a === b ||
  (Number.isNaN(a) && Number.isNaN(b)) ||
  Math.abs(a - b) <= atol + rtol * Math.abs(b);

expect.extend({
  toBeAllclose(
    actual: ArrayLike<number>,
    expected: ArrayLike<number>,
    { rtol = 1e-5, atol = 1e-8 }: Tolerance = {},
  ) {
    if (actual.length !== expected.length)
      return {
        pass: false,
        message: () => `expected ${expected.length} numbers, got ${actual.length}`,
      };
    let worst = -1;
    let bad = 0;
    for (let i = 0; i < expected.length; i++) {
      if (isClose(actual[i]!, expected[i]!, rtol, atol)) continue;
      bad++;
      const error = Math.abs(actual[i]! - expected[i]!);
      if (worst < 0 || error > Math.abs(actual[worst]! - expected[worst]!)) worst = i;
    }
    return {
      pass: bad === 0,
      message: () =>
        bad === 0
          ? `expected numbers to differ (rtol ${rtol}, atol ${atol})`
          : `${bad} of ${expected.length} numbers differ; worst at ${worst}: got ${actual[worst]}, wanted ${expected[worst]} (rtol ${rtol}, atol ${atol})`,
    };
  },
});

declare module "vitest" {
  // biome-ignore lint/suspicious/noExplicitAny: the parameter must match Vitest's own declaration
  interface Matchers<T = any> {
    toBeAllclose(expected: ArrayLike<number>, tolerance?: Tolerance): T;
  }
}

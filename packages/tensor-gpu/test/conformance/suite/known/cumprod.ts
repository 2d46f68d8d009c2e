/** @file Running products and their gradient, zeros included, against brute force. */
import { expect, it } from "vitest";
import * as dg from "../../../../src";
import { FORMULA } from "../tolerances";
import type { Bench } from "./bench";
import { drawn, onBackend, resultsOf } from "./operator-results";

const SHAPE = [2, 4, 3] as const;

/** The products along an axis and Σ_j dy_j · (the product of the others up to j) for each element. */
function bruteForce(x: readonly number[], dy: readonly number[], axis: 0 | 1 | 2) {
  const inner = SHAPE.slice(axis + 1).reduce((a, b) => a * b, 1);
  const [y, dx] = [new Float64Array(x.length), new Float64Array(x.length)];
  for (let at = 0; at < x.length; at++) {
    const i = Math.floor(at / inner) % SHAPE[axis];
    const start = at - i * inner;
    const product = (until: number, without: number) => {
      let result = 1;
      for (let k = 0; k <= until; k++) if (k !== without) result *= x[start + k * inner]!;
      return result;
    };
    y[at] = product(i, -1);
    for (let j = i; j < SHAPE[axis]; j++) dx[at]! += dy[start + j * inner]! * product(j, i);
  }
  return { y, dx };
}

export function cumprodFacts({ backend }: Bench): void {
  for (const axis of [0, 1, 2] as const)
    it.each([0, 1, 2])(`cumprod along axis ${axis} with every %i-th element 0`, async (every) => {
      const plain = drawn("x", SHAPE);
      const values = plain.values.map((value, i) =>
        every > 0 && i % (every + 2) === 0 ? 0 : value,
      );
      const dy = drawn("dy", SHAPE);
      const found = await resultsOf(
        backend,
        (x) => dg.cumprod(x!, axis),
        [{ shape: SHAPE, values }],
        () => dy,
      );
      const expected = bruteForce(values, dy.values, axis);
      expect(found.out).toBeAllclose(expected.y, FORMULA);
      expect(found.gradients[0]!).toBeAllclose(expected.dx, FORMULA);
    });

  it("cumprod multiplies one after another, and whole numbers stay whole", async () => {
    await onBackend(backend, async () => {
      const numbers = async (x: dg.Tensor) => Array.from(await dg.cumprod(x, -1).data());
      // From the right, 1e30 · 1e30 would be infinite.
      expect(await numbers(dg.tensor([0, 1e30, 1e30]))).toEqual([0, 0, 0]);
      if (!backend.readSync) return; // which cannot multiply int32
      const whole = dg.cumprod(dg.tensor(Int32Array.of(2, -3, 4)), 0);
      expect(whole.dtype).toBe("int32");
      expect(Array.from(await whole.data())).toEqual([2, -6, -24]);
    });
  });
}

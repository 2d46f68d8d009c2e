import { expect } from "vitest";
import { grad, randn, type Tensor, tensor, tidy } from "../../src";

/**
 * Compares the gradients of Σ fn(inputs)·r (r random) with central differences in every element.
 * @param fn pure; returns one float tensor
 */
export function checkGradients(
  fn: (...inputs: Tensor[]) => Tensor,
  inputs: Tensor[],
  { step = 1e-2, rtol = 2e-2, atol = 2e-3 }: { step?: number; rtol?: number; atol?: number } = {},
): void {
  tidy(() => {
    const weights = randn(fn(...inputs).shape);
    const score = (leaves: Tensor[]) =>
      fn(...leaves)
        .mul(weights)
        .sum();
    const leaves = inputs.map((input) =>
      tensor(input.dataSync(), { shape: input.shape }).requireGrad(),
    );
    const gradients = grad(score(leaves), leaves);
    leaves.forEach((leaf, i) => {
      const values = leaf.dataSync().slice();
      const numeric = Array.from(values, (value, at) => {
        const shifted = (by: number) => {
          values[at] = value + by;
          leaf.set(values);
          const result = tidy(() => score(leaves).itemSync());
          values[at] = value;
          return result;
        };
        const slope = (shifted(step) - shifted(-step)) / (2 * step);
        leaf.set(values);
        return slope;
      });
      expect(gradients[i]!.dataSync(), `input ${i}`).toBeAllclose(numeric, { rtol, atol });
    });
  });
}

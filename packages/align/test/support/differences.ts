/** @file Gradients against central differences. */
import { nn, type Tensor, tensor } from "@deepgrain/tensor-gpu";
import { expect } from "vitest";

/** Expects that a loss's gradient at some numbers is what its central differences are, within 2e-3. */
export function expectDifferences(
  lossOf: (numbers: Tensor) => Tensor,
  numbers: readonly number[],
  shape: readonly number[] = [numbers.length],
): void {
  const step = 1e-2;
  const at = (values: readonly number[]) =>
    nn.parameter(tensor(Float32Array.from(values), { shape }));
  const inputs = at(numbers);
  lossOf(inputs).backward();
  const moved = (i: number, by: number) =>
    lossOf(at(numbers.map((x, j) => (i === j ? x + by : x)))).itemSync();
  const wanted = numbers.map((_, i) => (moved(i, step) - moved(i, -step)) / (2 * step));
  expect(inputs.grad!.contiguous().dataSync()).toBeAllclose(wanted, { rtol: 2e-3, atol: 2e-3 });
}

/** @file Gradients by central differences. */

export type VectorFunction = (x: readonly number[]) => readonly number[];

const STEP = 1e-5;

/** ∂⟨dy, f(x)⟩/∂x, each component by a central difference in double precision; its error is near 1e-9. */
export function differences(
  f: VectorFunction,
  x: readonly number[],
  dy: readonly number[],
): number[] {
  const value = (shifted: readonly number[]) =>
    f(shifted).reduce((total, y, i) => total + y * dy[i]!, 0);
  return x.map((xi, i) => {
    const at = (shift: number) => value(x.map((xj, j) => (j === i ? xi + shift : xj)));
    return (at(STEP) - at(-STEP)) / (2 * STEP);
  });
}

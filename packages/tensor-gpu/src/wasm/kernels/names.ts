/** Capitalises the first letter, as in the names of kernels: `unary` + `Exp`. */
export const capital = <S extends string>(op: S): Capitalize<S> =>
  (op.charAt(0).toUpperCase() + op.slice(1)) as Capitalize<S>;

const float = new Float32Array(1);
const word = new Int32Array(float.buffer);

/** The four bytes of a float as an integer. */
export function bitsOf(value: number): number {
  float[0] = value;
  return word[0]!;
}

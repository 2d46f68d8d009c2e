import type { OnLauncher } from "../launcher";
import { launchPlaces } from "./each-place";

export const sortKernels = {
  /** Each element counts those before it: quadratic in a row's length, without a step that waits for another. */
  sort(launcher, values, indices, x, rows, n, k, descending) {
    const isFloat = x.dtype === "float32";
    const orderAt = (at: string) =>
      isFloat ? `orderOf(x_at(${at}))` : `x_bits(${at}) ^ 0x80000000u`;
    launchPlaces(launcher, {
      key: `sort:${isFloat}:${descending}`,
      n: k === 0 ? 0 : rows * n,
      outs: { values, indices },
      inputs: { x },
      numbers: { length: n, k },
      body: `let own = ${orderAt("i")};
  let row = i / a.length;
  let column = i % a.length;
  var rank = 0u;
  for (var j = 0u; j < a.length; j++) {
    let other = ${orderAt("row * a.length + j")};
    if (other ${descending ? ">" : "<"} own || (other == own && j < column)) { rank++; }
  }
  if (rank < a.k) {
    values_put_bits(row * a.k + rank, x_bits(i));
    indices_put_bits(row * a.k + rank, column);
  }`,
      work: { flop: rows * n * n, bytesRead: 4 * rows * n * (n + 1), bytesWritten: 8 * rows * k },
    });
    return undefined;
  },
} satisfies Partial<OnLauncher>;

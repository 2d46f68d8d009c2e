import type { GemmShape } from "../../backend/kernels";
import type { View } from "../../backend/view";
import { elementGroups, type Launcher, perElement } from "../launcher";

/** c = Σ of the parts of a product [parts, batch0, batch1, m, n], plus bias, plus c where `shape.accumulate` is set. */
export function sumParts(
  launcher: Launcher,
  c: View,
  sums: View,
  parts: number,
  bias: View | null,
  shape: GemmShape,
): void {
  const { m, n, batch0, batch1, accumulate, cRow, cBatch0, cBatch1 } = shape;
  const count = batch0 * batch1 * m * n;
  launcher.launch({
    key: `product parts ${accumulate} ${bias !== null}`,
    views: { sums, out: c, ...(bias && { bias }) },
    writes: ["out"],
    numbers: {
      n: count,
      parts,
      m,
      columns: n,
      batch1,
      out_line: cRow,
      out_outer: cBatch0,
      out_inner: cBatch1,
    },
    body: () =>
      perElement(`let column = i % a.columns;
  let line = i / a.columns;
  let pair = line / a.m;
  let place = pair / a.batch1 * a.out_outer + pair % a.batch1 * a.out_inner + line % a.m * a.out_line + column;
  var value = sums_at(i);
  for (var part = 1u; part < a.parts; part++) { value += sums_at(part * a.n + i); }
  ${bias ? "value += bias_at(column);" : ""}
  ${accumulate ? "value += out_at(place);" : ""}
  out_put(place, value);`),
    groups: elementGroups(count),
    work: {
      flop: parts * count,
      bytesRead: 4 * count * (parts + (bias ? 1 : 0) + (accumulate ? 1 : 0)),
      bytesWritten: 4 * count,
    },
  });
}

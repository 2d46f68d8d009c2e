import { elementGroups, type OnLauncher, perElement } from "../launcher";

/** Each element counts those before it: quadratic in a row's length, without a step that waits for another. */
export const sort: OnLauncher["sort"] = (launcher, values, indices, x, rows, n, k, descending) => {
  if (rows * n === 0 || k === 0) return undefined;
  const order = x.dtype === "float32" ? "orderOf(x_at(at))" : "x_bits(at) ^ 0x80000000u";
  const orderAt = (place: string) => order.replace("at)", `${place})`);
  launcher.launch({
    key: `sort:${x.dtype === "float32"}:${descending}`,
    views: { values, indices, x },
    writes: ["values", "indices"],
    numbers: { n: rows * n, length: n, k },
    body: () =>
      perElement(`let own = ${orderAt("i")};
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
  }`),
    groups: elementGroups(rows * n),
    work: {
      flop: rows * n * n,
      bytesRead: 4 * rows * n * (n + 1),
      bytesWritten: 8 * rows * k,
    },
  });
  return undefined;
};

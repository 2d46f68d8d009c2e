import { rowSize } from "../../js/strides";
import { streamed } from "../elementwise";
import { elementGroups, type OnLauncher, perElement } from "../launcher";
import { launchRows } from "../rows";

/** Looks at what was uploaded, since kernels' results cannot be read at once: −1 for those. */
export const firstOutOfRange: OnLauncher["firstOutOfRange"] = (launcher, index, limit) =>
  launcher.uploaded(index)?.findIndex((place) => place < 0 || place >= limit) ?? -1;

export const gatherRows: OnLauncher["gatherRows"] = (launcher, out, table, index) => {
  if (out.size === 0) return;
  launcher.launch({
    key: "gatherRows",
    views: { out, table, index },
    writes: ["out"],
    numbers: { n: out.size, width: rowSize(table) },
    body: () =>
      perElement("out_put_bits(i, table_bits(index_bits(i / a.width) * a.width + i % a.width));"),
    groups: elementGroups(out.size),
    work: streamed([out, index], [out], 0),
  });
};

/** The first row of `x` for a row of `out` adds all that go there, in order; others have nothing to do. */
export const scatterAddRows: OnLauncher["scatterAddRows"] = (launcher, out, index, x) => {
  if (x.size === 0) return;
  const isFloat = out.dtype === "float32";
  const [at, put] = isFloat ? ["at", "put"] : ["int", "put_int"];
  launchRows(launcher, {
    key: `scatterAddRows:${isFloat}`,
    rows: index.size,
    width: rowSize(out),
    outs: { out },
    inputs: { x, index },
    body: `let aim = index_bits(row);
  var earlier = 0;
  for (var k = lane; k < row; k += 64u) { if (index_bits(k) == aim) { earlier = 1; } }
  if (groupMaxInt(earlier, lane) == 0) {
    for (var j = lane; j < a.width; j += 64u) {
      var total = out_${at}(aim * a.width + j);
      for (var k = row; k < a.rows; k++) {
        if (index_bits(k) == aim) { total += x_${at}(k * a.width + j); }
      }
      out_${put}(aim * a.width + j, total);
    }
  }`,
    flop: 1,
  });
};

export const gather: OnLauncher["gather"] = (launcher, out, x, index, outer, n, m, inner) => {
  const count = outer * m * inner;
  if (count === 0) return;
  launcher.launch({
    key: "gather",
    views: { out, x, index },
    writes: ["out"],
    numbers: { n: count, length: n, taken: m * inner, inner },
    body: () =>
      perElement(`let o = i / a.taken;
  out_put_bits(i, x_bits((o * a.length + index_bits(i)) * a.inner + i % a.inner));`),
    groups: elementGroups(count),
    work: streamed([out, index], [out], 0),
  });
};

/** One thread per line along the axis, since places may repeat. */
export const scatter: OnLauncher["scatter"] = (
  launcher,
  out,
  index,
  x,
  outer,
  n,
  m,
  inner,
  add,
) => {
  const lines = outer * inner;
  if (lines * m === 0) return;
  const [at, put] = out.dtype === "float32" ? ["at", "put"] : ["int", "put_int"];
  launcher.launch({
    key: `scatter:${add}:${at}`,
    views: { out, index, x },
    writes: ["out"],
    numbers: { n: lines, length: n, given: m, inner },
    body: () =>
      perElement(`let o = i / a.inner;
  for (var k = 0u; k < a.given; k++) {
    let source = (o * a.given + k) * a.inner + i % a.inner;
    let to = (o * a.length + index_bits(source)) * a.inner + i % a.inner;
    ${add ? `out_${put}(to, out_${at}(to) + x_${at}(source));` : "out_put_bits(to, x_bits(source));"}
  }`),
    groups: elementGroups(lines),
    work: streamed(add ? [x, index, x] : [x, index], [x], add ? x.size : 0),
  });
};

import { rowSize } from "../../js/strides";
import { streamed } from "../elementwise";
import type { OnLauncher } from "../launcher";
import { launchRows } from "../rows";
import { launchPlaces } from "./each-place";

export const gatherKernels = {
  /** Looks at what was uploaded, since kernels' results cannot be read at once: −1 for those. */
  firstOutOfRange: (launcher, index, limit) =>
    launcher.uploaded(index)?.findIndex((place) => place < 0 || place >= limit) ?? -1,

  gatherRows(launcher, out, table, index) {
    launchPlaces(launcher, {
      key: "gatherRows",
      n: out.size,
      outs: { out },
      inputs: { table, index },
      numbers: { width: rowSize(table) },
      body: "out_put_bits(i, table_bits(index_bits(i / a.width) * a.width + i % a.width));",
      work: streamed([out, index], [out], 0),
    });
  },

  /** The first row of `x` for a row of `out` adds all that go there, in order; others have nothing to do. */
  scatterAddRows(launcher, out, index, x) {
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
  },

  gather(launcher, out, x, index, outer, n, m, inner) {
    launchPlaces(launcher, {
      key: "gather",
      n: outer * m * inner,
      outs: { out },
      inputs: { x, index },
      numbers: { length: n, taken: m * inner, inner },
      body: `let o = i / a.taken;
  out_put_bits(i, x_bits((o * a.length + index_bits(i)) * a.inner + i % a.inner));`,
      work: streamed([out, index], [out], 0),
    });
  },

  /** One thread per line along the axis, since places may repeat. */
  scatter(launcher, out, index, x, outer, n, m, inner, add) {
    const [at, put] = out.dtype === "float32" ? ["at", "put"] : ["int", "put_int"];
    const sum = `out_${put}(to, out_${at}(to) + x_${at}(source));`;
    launchPlaces(launcher, {
      key: `scatter:${add}:${at}`,
      n: m === 0 ? 0 : outer * inner,
      outs: { out },
      inputs: { index, x },
      numbers: { length: n, given: m, inner },
      body: `let o = i / a.inner;
  for (var k = 0u; k < a.given; k++) {
    let source = (o * a.given + k) * a.inner + i % a.inner;
    let to = (o * a.length + index_bits(source)) * a.inner + i % a.inner;
    ${add ? sum : "out_put_bits(to, x_bits(source));"}
  }`,
      work: streamed(add ? [x, index, x] : [x, index], [x], add ? x.size : 0),
    });
  },
} satisfies Partial<OnLauncher>;

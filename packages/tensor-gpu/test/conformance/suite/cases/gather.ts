import type { DType } from "../../../../src/backend/view";
import type { Agreement } from "../agreement";
import { EDGE_SIZES, pairs } from "../numbers";
import { EXACT, SUM } from "../tolerances";

const DTYPES: DType[] = ["float32", "int32", "bool"];
const INDEX = "int32" as const;

/** [outer, n, m, inner] */
const AXES = [
  [1, 1, 1, 1],
  [1, 9, 4, 1],
  [3, 5, 7, 1],
  [2, 5, 3, 4],
  [1, 8, 20, 33],
  [4, 3, 0, 5],
  [40, 64, 6, 1],
] as [number, number, number, number][];

export function gatherCases(agreement: Agreement): void {
  const { agrees } = agreement;
  const lengths = pairs(pairs([1, 7, 33], EDGE_SIZES), DTYPES);
  agrees("gatherRows fetches rows of any type", EXACT, lengths, (s, [[count, d], dtype]) => {
    const index = s.input([count], { dtype: INDEX, low: 0, high: 11 });
    s.kernels.gatherRows(s.output([count, d], { dtype }), s.input([11, d], { dtype }), index);
  });
  agrees("gatherRows is whole on large tables", EXACT, [[3000, 64]], (s, p) => {
    const [count, d] = p as [number, number];
    const index = s.input([count], { dtype: INDEX, low: 0, high: 500 });
    s.kernels.gatherRows(s.output([count, d]), s.input([500, d]), index);
  });
  agrees(
    "gatherRows takes an index of several axes, and none",
    EXACT,
    [[2, 3], [0], []],
    (s, shape) => {
      const index = s.input(shape, { dtype: INDEX, low: 0, high: 4 });
      s.kernels.gatherRows(s.output([...shape, 5]), s.input([4, 5]), index);
    },
  );
  const scatters = pairs([0, 1, 7, 130], [1, 3, 4, 9, 33]);
  agrees("scatterAddRows adds to what is there, repeatedly", SUM, scatters, (s, [count, d]) => {
    const index = s.input([count], { dtype: INDEX, low: 0, high: 5 });
    s.kernels.scatterAddRows(s.inout([5, d]), index, s.input([count, d]));
  });
  agrees("scatterAddRows is whole on large tables", SUM, [[3000, 64]], (s, p) => {
    const [count, d] = p as [number, number];
    const index = s.input([count], { dtype: INDEX, low: 0, high: 500 });
    s.kernels.scatterAddRows(s.inout([500, d]), index, s.input([count, d]));
  });
  axisCases(agreement);
}

function axisCases({ agrees }: Agreement): void {
  agrees(
    "gather picks along an axis",
    EXACT,
    pairs(AXES, DTYPES),
    (s, [[outer, n, m, inner], dtype]) => {
      const index = s.input([outer, m, inner], { dtype: INDEX, low: 0, high: n });
      const x = s.input([outer, n, inner], { dtype });
      s.kernels.gather(s.output([outer, m, inner], { dtype }), x, index, outer, n, m, inner);
    },
  );
  const writes = pairs(pairs(AXES, ["float32", "int32"] as const), [false, true]);
  agrees("scatter writes or adds along an axis, the last one winning", SUM, writes, (s, p) => {
    const [[[outer, n, m, inner], dtype], add] = p;
    const index = s.input([outer, m, inner], { dtype: INDEX, low: 0, high: n });
    const x = s.input([outer, m, inner], { dtype });
    s.kernels.scatter(s.inout([outer, n, inner], { dtype }), index, x, outer, n, m, inner, add);
  });
  const indices = [
    [],
    [0],
    [5],
    [-1],
    [0, 1, 2, 3, 4, 5],
    [0, 1, 4, 5, 5],
    [4, 4, 4, 4, 4, 4, 4, -1, 9],
    [2 ** 31 - 1, 0],
    [0, -(2 ** 31)],
    new Array(1000).fill(4),
    [...new Array(1000).fill(4), 5],
  ];
  agrees("firstOutOfRange finds the first bad index", EXACT, indices, (s, values) => {
    const index = s.input([values.length], { dtype: INDEX, values });
    s.kernels.fill(s.output([1], { dtype: INDEX }), s.kernels.firstOutOfRange(index, 5));
  });
}

import type { Agreement } from "../agreement";
import { offsetsOf, pairs } from "../numbers";
import type { Scene } from "../scene";
import { SUM } from "../tolerances";

/** Rows of each group: even, uneven, empty at every place, all in one, none at all. */
const GROUPS = [
  [4, 4],
  [1, 2, 3, 4, 5],
  [0, 7, 0, 9, 0],
  [33],
  [0, 0, 0],
  [17, 0, 1, 64, 8, 3],
  [],
];
const SIZES: [number, number][] = [
  [1, 1],
  [3, 5],
  [8, 4],
  [33, 17],
  [64, 65],
];
const LARGE: [number, number] = [160, 96];
const LARGE_GROUPS = [[120, 3, 0, 200, 41, 9, 1, 70]];

function setup(s: Scene, groups: readonly number[]) {
  const values = offsetsOf(groups);
  const offsets = s.input([values.length], { dtype: "int32", values });
  return { rows: values[values.length - 1]!, offsets };
}

export function groupedGemmCases({ agrees }: Agreement): void {
  const all = [...pairs(GROUPS, SIZES), ...pairs(LARGE_GROUPS, [LARGE])];
  agrees(
    "groupedGemm nt multiplies each group by its own matrix",
    SUM,
    all,
    (s, [groups, [n, k]]) => {
      const { rows, offsets } = setup(s, groups);
      const [a, b] = [s.input([rows, k]), s.input([groups.length, n, k])];
      s.kernels.groupedGemm("nt", s.output([rows, n]), a, b, offsets);
    },
  );
  agrees(
    "groupedGemm nn multiplies each group by its own matrix",
    SUM,
    all,
    (s, [groups, [n, k]]) => {
      const { rows, offsets } = setup(s, groups);
      const [a, b] = [s.input([rows, n]), s.input([groups.length, n, k])];
      s.kernels.groupedGemm("nn", s.output([rows, k]), a, b, offsets);
    },
  );
  agrees("groupedGemmWeight sums over each group's rows", SUM, all, (s, [groups, [n, k]]) => {
    const { rows, offsets } = setup(s, groups);
    const [a, b] = [s.input([rows, n]), s.input([rows, k])];
    s.kernels.groupedGemmWeight(s.output([groups.length, n, k]), a, b, offsets, null);
  });
  const choices = [[0], [3], [3, 1], [5, 0, 2, 4], []];
  agrees("groupedGemmWeight serves chosen groups only", SUM, pairs(choices, SIZES), (s, p) => {
    const [chosen, [n, k]] = p;
    const { rows, offsets } = setup(s, [17, 0, 1, 64, 8, 3]);
    const [a, b] = [s.input([rows, n]), s.input([rows, k])];
    const groups = s.input([chosen.length], { dtype: "int32", values: chosen });
    s.kernels.groupedGemmWeight(s.output([chosen.length, n, k]), a, b, offsets, groups);
  });
}

import type { Agreement } from "../agreement";
import { offsetsOf, pairs } from "../numbers";
import type { Scene } from "../scene";
import { EXACT, FUNCTION, SUM } from "../tolerances";

/** Entries of each segment. */
const SEGMENTS = [
  [1],
  [3, 0, 5, 1],
  [0, 0],
  [],
  [0, 9, 0, 33, 2],
  [65, 4, 4],
  Array.from({ length: 500 }, (_, i) => (i * 7) % 11),
];
const WIDTHS = [1, 2, 3, 4, 5, 7, 8, 9, 13, 20, 33, 64];
const NODES = 13;

function csr(s: Scene, segments: readonly number[], hasIndices: boolean) {
  const values = offsetsOf(segments);
  const entries = values[values.length - 1]!;
  const offsets = s.input([values.length], { dtype: "int32", values });
  const indices = hasIndices ? s.input([entries], { dtype: "int32", low: 0, high: NODES }) : null;
  return { entries, offsets, indices, rows: hasIndices ? NODES : entries };
}

export function segmentCases(agreement: Agreement): void {
  const { agrees } = agreement;
  const shapes = pairs(pairs(SEGMENTS, WIDTHS), [false, true]);
  for (const op of ["sum", "mean", "max"] as const)
    agrees(
      `segmentReduce ${op} is right, with indices and weights or without`,
      SUM,
      shapes,
      (s, p) => {
        const [[segments, d], hasIndices] = p;
        const { entries, offsets, indices, rows } = csr(s, segments, hasIndices);
        const x = s.input([rows, d]);
        for (const weights of [null, s.input([entries])])
          s.kernels.segmentReduce(op, s.output([segments.length, d]), x, offsets, indices, weights);
      },
    );
  agrees(
    "segmentArgMax finds rows, the first of equals",
    EXACT,
    shapes,
    (s, [[segments, d], hasIndices]) => {
      const { offsets, indices, rows } = csr(s, segments, hasIndices);
      const values = Array.from({ length: rows * d }, () => Math.floor(s.random() * 5));
      const out = s.output([segments.length, d], { dtype: "int32" });
      s.kernels.segmentArgMax(out, s.input([rows, d], { values }), offsets, indices);
    },
  );
  agrees(
    "segmentDot gives the weights' gradient",
    SUM,
    shapes,
    (s, [[segments, d], hasIndices]) => {
      const { entries, offsets, indices, rows } = csr(s, segments, hasIndices);
      const dy = s.input([segments.length, d]);
      s.kernels.segmentDot(s.output([entries]), dy, s.input([rows, d]), offsets, indices);
    },
  );
  agrees("segmentReduce max lets NaN and -∞ through", EXACT, [1, 5], (s, d) => {
    const values = [Number.NaN, 1, 2, Number.NaN, Number.NEGATIVE_INFINITY, 3].flatMap((x) =>
      new Array(d).fill(x),
    );
    const offsets = s.input([5], { dtype: "int32", values: [0, 2, 4, 5, 6] });
    s.kernels.segmentReduce(
      "max",
      s.output([4, d]),
      s.input([6, d], { values }),
      offsets,
      null,
      null,
    );
  });
  softmaxCases(agreement);
}

function softmaxCases({ agrees }: Agreement): void {
  agrees("segmentSoftmax and its gradient are right", FUNCTION, pairs(SEGMENTS, WIDTHS), (s, p) => {
    const [segments, heads] = p;
    const { entries, offsets } = csr(s, segments, false);
    const [x, y] = [s.input([entries, heads], { low: -5, high: 5 }), s.output([entries, heads])];
    s.kernels.segmentSoftmax(y, x, offsets);
    s.kernels.segmentSoftmaxGrad(s.output([entries, heads]), s.input([entries, heads]), y, offsets);
  });
  agrees("segmentSoftmax stays finite on large numbers", FUNCTION, [1, 3], (s, heads) => {
    const x = s.input([9, heads], { low: 900, high: 1000 });
    const offsets = s.input([3], { dtype: "int32", values: [0, 4, 9] });
    s.kernels.segmentSoftmax(s.output([9, heads]), x, offsets);
  });
}

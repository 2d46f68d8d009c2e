import type { ReduceOp } from "../../../../src/backend/kernels";
import type { Agreement } from "../agreement";
import { pairs, SPECIALS } from "../numbers";
import { EXACT, SUM } from "../tolerances";

const OPS: ReduceOp[] = ["sum", "mean", "max", "min", "prod", "sumSquares"];
const INTEGER_OPS = ["sum", "max", "min", "prod"] as const;

/** [outer, n, inner]: last axis, first axis, middle axis, all of it, single elements, nothing. */
const SHAPES = [
  ...[1, 2, 3, 4, 5, 8, 9, 31, 32, 33, 65, 130].flatMap((n) => [
    [3, n, 1],
    [1, n, 5],
    [2, n, 4],
    [1, n, 33],
    [33, n, 1],
  ]),
  [1, 1, 1],
  [5, 1, 7],
  [0, 3, 2],
  [2, 3, 0],
  [2, 7, 65],
] as [number, number, number][];
const LARGE: [number, number, number][] = [
  [1, 70_001, 1],
  [270, 257, 1],
  [1, 270, 257],
  [17, 64, 67],
];
const SORTED: [number, number][] = [
  [1, 1],
  [3, 2],
  [5, 7],
  [2, 33],
  [4, 130],
  [0, 5],
];

export function reduceCases(agreement: Agreement): void {
  const { agrees } = agreement;
  agrees("reduce is right for every op and axis", SUM, pairs(OPS, SHAPES), (s, [op, shape]) => {
    const [outer, n, inner] = shape;
    s.kernels.reduce(op, s.output([outer, inner]), s.input(shape), outer, n, inner);
  });
  agrees(
    "reduce is whole on large arrays",
    { rtol: 1e-5, atol: 2e-3 },
    pairs(OPS, LARGE),
    (s, p) => {
      const [op, shape] = p;
      const [outer, n, inner] = shape;
      s.kernels.reduce(op, s.output([outer, inner]), s.input(shape), outer, n, inner);
    },
  );
  agrees("reduce keeps int32 exact", EXACT, pairs(INTEGER_OPS, SHAPES), (s, [op, shape]) => {
    const [outer, n, inner] = shape;
    const bounds = op === "prod" ? { low: -3, high: 4 } : { low: -(2 ** 26), high: 2 ** 26 };
    const x = s.input(shape, { dtype: "int32", ...bounds });
    s.kernels.reduce(op, s.output([outer, inner], { dtype: "int32" }), x, outer, n, inner);
  });
  agrees(
    "reduce over nothing gives the neutral element",
    EXACT,
    ["sum", "prod", "sumSquares"] as const,
    (s, op) => s.kernels.reduce(op, s.output([2, 3]), s.input([2, 0, 3]), 2, 0, 3),
  );
  specialCases(agreement);
  scanCases(agreement);
  sortCases(agreement);
}

function specialCases({ agrees }: Agreement): void {
  const places = pairs(pairs(OPS, [0, 3, 4, 7, 32, 36]), [1, 5]);
  agrees("reduce lets NaN through wherever it stands", SUM, places, (s, [[op, place], inner]) => {
    const values = new Array<number>(37 * inner).fill(0.5);
    values[place * inner] = Number.NaN;
    s.kernels.reduce(op, s.output([1, inner]), s.input([37, inner], { values }), 1, 37, inner);
  });
  const infinite = pairs(["max", "min", "sum"] as const, [
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ]);
  agrees("reduce lets infinities through", EXACT, infinite, (s, [op, value]) => {
    const values = [1, 2, 3, 4, 5, value, 7, 8, 9];
    s.kernels.reduce(op, s.output([1, 1]), s.input([9], { values }), 1, 9, 1);
  });
  agrees(
    "reduce finds the extremes of nothing but -∞ and +∞",
    EXACT,
    ["max", "min"] as const,
    (s, op) => {
      const infinity = op === "max" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
      const x = s.input([2, 9], { values: new Array(18).fill(infinity) });
      s.kernels.reduce(op, s.output([2]), x, 2, 9, 1);
    },
  );
  const args = pairs(["max", "min"] as const, [...SHAPES, ...LARGE]);
  agrees("argReduce finds the place", EXACT, args, (s, [op, shape]) => {
    const [outer, n, inner] = shape;
    s.kernels.argReduce(
      op,
      s.output([outer, inner], { dtype: "int32" }),
      s.input(shape),
      outer,
      n,
      inner,
    );
  });
  agrees("argReduce takes the first of equals", EXACT, args.slice(0, 80), (s, [op, shape]) => {
    const [outer, n, inner] = shape;
    const values = Array.from({ length: outer * n * inner }, () => Math.floor(s.random() * 3));
    const x = s.input(shape, { values });
    s.kernels.argReduce(op, s.output([outer, inner], { dtype: "int32" }), x, outer, n, inner);
  });
  agrees("argReduce points at the first NaN", EXACT, ["max", "min"] as const, (s, op) => {
    const x = s.input([SPECIALS.length], { values: [...SPECIALS].reverse() });
    s.kernels.argReduce(op, s.output([1], { dtype: "int32" }), x, 1, SPECIALS.length, 1);
  });
  agrees("argReduce of nothing but infinities is 0", EXACT, ["max", "min"] as const, (s, op) => {
    const infinity = op === "max" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    const x = s.input([9], { values: new Array(9).fill(infinity) });
    s.kernels.argReduce(op, s.output([1], { dtype: "int32" }), x, 1, 9, 1);
  });
}

function scanCases({ agrees }: Agreement): void {
  const directions = pairs([...SHAPES, [3, 5000, 2] as [number, number, number]], [false, true]);
  agrees("cumsum sums both ways", { rtol: 1e-5, atol: 2e-4 }, directions, (s, [shape, reverse]) => {
    const [outer, n, inner] = shape;
    s.kernels.cumsum(s.output(shape), s.input(shape), outer, n, inner, reverse);
  });
  agrees("cumsum keeps int32 exact", EXACT, directions, (s, [shape, reverse]) => {
    const [outer, n, inner] = shape;
    const x = s.input(shape, { dtype: "int32", low: -(2 ** 26), high: 2 ** 26 });
    s.kernels.cumsum(s.output(shape, { dtype: "int32" }), x, outer, n, inner, reverse);
  });
}

function sortCases({ agrees }: Agreement): void {
  const sorts = pairs(pairs(SORTED, [false, true]), ["all", "one", "half"] as const);
  agrees("sort orders rows", EXACT, sorts, (s, [[shape, descending], part]) => {
    const [rows, n] = shape;
    const k = part === "all" ? n : part === "one" ? 1 : Math.ceil(n / 2);
    const indices = s.output([rows, k], { dtype: "int32" });
    s.kernels.sort(s.output([rows, k]), indices, s.input(shape), rows, n, k, descending);
  });
  agrees(
    "sort puts the lower index first among equals",
    EXACT,
    sorts,
    (s, [[shape, descending], part]) => {
      const [rows, n] = shape;
      const k = part === "all" ? n : part === "one" ? 1 : Math.ceil(n / 2);
      const values = Array.from({ length: rows * n }, () => Math.floor(s.random() * 4));
      const [sorted, indices] = [s.output([rows, k]), s.output([rows, k], { dtype: "int32" })];
      s.kernels.sort(sorted, indices, s.input(shape, { values }), rows, n, k, descending);
    },
  );
  agrees("sort orders infinities, with NaN above them", EXACT, [false, true], (s, descending) => {
    const n = SPECIALS.length;
    const indices = s.output([n], { dtype: "int32" });
    s.kernels.sort(s.output([n]), indices, s.input([n], { values: SPECIALS }), 1, n, n, descending);
  });
  agrees(
    "sort is whole on many rows",
    EXACT,
    [
      [600, 64, 8],
      [3, 5000, 5000],
    ],
    (s, p) => {
      const [rows, n, k] = p as [number, number, number];
      const [values, indices] = [s.output([rows, k]), s.output([rows, k], { dtype: "int32" })];
      s.kernels.sort(values, indices, s.input([rows, n]), rows, n, k, true);
    },
  );
}

import type { ReduceOp } from "../../backend/kernels";
import type { View } from "../../backend/view";
import type { Launcher, OnLauncher } from "../launcher";
import { launchRows } from "../rows";
import { launchPlaces } from "./each-place";

interface Fold {
  readonly start: string;
  /** From `total` and `x`. */
  readonly step: string;
  /** The function that folds a workgroup. */
  readonly group: string;
}

const SUM: Fold = { start: "0", step: "total + x", group: "groupSum" };

const FOLDS: Record<ReduceOp, Fold> = {
  sum: SUM,
  mean: SUM,
  max: { start: "-infinityOf()", step: "maxOf(total, x)", group: "groupMax" },
  min: { start: "infinityOf()", step: "minOf(total, x)", group: "groupMin" },
  prod: { start: "1", step: "total * x", group: "groupProduct" },
  sumSquares: { ...SUM, step: "total + x * x" },
};

/** Those that whole numbers fold otherwise. */
const WHOLE_FOLDS: Partial<Record<ReduceOp, Fold>> = {
  max: { start: "-2147483647 - 1", step: "max(total, x)", group: "groupMax" },
  min: { start: "2147483647", step: "min(total, x)", group: "groupMin" },
};

/** The number of parts into which `n` numbers are cut where `count` sums alone would not keep a device busy. */
export const partsOf = (n: number, count: number): number =>
  n < 1024 || count >= 16_384 ? 1 : Math.min(64, Math.ceil(n / 512));

/** The op that joins the results of parts. */
const joined = (op: ReduceOp): ReduceOp => (op === "mean" || op === "sumSquares" ? "sum" : op);

/** out [outer, parts, inner], each over its part of x [outer, n, inner]. @param divisor of the results */
function fold(
  launcher: Launcher,
  op: ReduceOp,
  out: View,
  x: View,
  outer: number,
  n: number,
  inner: number,
  parts: number,
  divisor: number,
): void {
  const isFloat = x.dtype === "float32";
  const { start, step, group } = (isFloat ? undefined : WHOLE_FOLDS[op]) ?? FOLDS[op];
  const [type, read, put, ending] = isFloat
    ? ["f32", "x_at", "out_put", ""]
    : ["i32", "x_int", "out_put_int", "Int"];
  const result = isFloat ? "total / a.divisor" : "total";
  const isRow = inner === 1;
  const loop = (first: string, stride: string) => `let o = row / (a.parts * a.inner);
  let part = (row / a.inner) % a.parts;
  let end = min(a.width, (part + 1u) * a.share);
  var total: ${type} = ${start};
  for (var k = part * a.share${first}; k < end; k += ${stride}) {
    let x = ${read}((o * a.width + k) * a.inner + row % a.inner);
    total = ${step};
  }`;
  const rows = outer * parts * inner;
  const share = Math.ceil(n / parts);
  const kernel = {
    key: `${op}:${isFloat}:${isRow}`,
    outs: { out },
    inputs: { x },
    numbers: { width: n, parts, inner, share },
    floats: { divisor },
  };
  if (isRow) {
    const body = `${loop(" + lane", "64u")}
  total = ${group}${ending}(total, lane);
  if (lane == 0u) { ${put}(row, ${result}); }`;
    launchRows(launcher, { ...kernel, rows, width: n, body, flop: 1 });
  } else {
    const body = `let row = i;\n  ${loop("", "1u")}\n  ${put}(i, ${result});`;
    launchPlaces(launcher, { ...kernel, n: rows, body, flop: share });
  }
}

/** Folds x [outer, n, inner] along its middle axis. */
export const reduce: OnLauncher["reduce"] = (launcher, op, out, x, outer, n, inner) => {
  if (outer * inner === 0) return;
  const parts = partsOf(n, outer * inner);
  const divisor = op === "mean" ? n : 1;
  if (parts === 1) return fold(launcher, op, out, x, outer, n, inner, 1, divisor);
  launcher.scratch(outer * parts * inner, (plain) => {
    const partial = { ...plain, dtype: x.dtype };
    fold(launcher, op, partial, x, outer, n, inner, parts, 1);
    fold(launcher, joined(op), out, partial, outer, parts, inner, 1, divisor);
  });
};

/** The order of x in WGSL, in which the wanted extreme is the largest; NaN is larger than all. */
const orderOf = (op: "max" | "min", isFloat: boolean): string => {
  if (!isFloat) return `${op === "min" ? "~" : ""}(x_bits(at) ^ 0x80000000u)`;
  return op === "max"
    ? "orderOf(x_at(at))"
    : "orderOf(select(-x_at(at), x_at(at), isNan(x_at(at))))";
};

export const reduceKernels = {
  reduce,

  argReduce(launcher, op, out, x, outer, n, inner) {
    const isFloat = x.dtype === "float32";
    launchRows(launcher, {
      key: `arg:${op}:${isFloat}`,
      rows: outer * inner,
      width: n,
      outs: { out },
      inputs: { x },
      numbers: { inner },
      body: `var best = vec2u(0u, 0xffffffffu);
  for (var k = lane; k < a.width; k += 64u) {
    let at = (row / a.inner * a.width + k) * a.inner + row % a.inner;
    let order = ${orderOf(op, isFloat)};
    if (order > best.x || best.y == 0xffffffffu) { best = vec2u(order, k); }
  }
  best = groupFirst(best, lane);
  if (lane == 0u) { out_put_bits(row, best.y); }`,
      flop: 1,
    });
    return undefined;
  },
} satisfies Partial<OnLauncher>;

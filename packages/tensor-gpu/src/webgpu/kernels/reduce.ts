import type { ReduceOp } from "../../backend/kernels";
import type { View } from "../../backend/view";
import { streamed } from "../elementwise";
import {
  elementGroups,
  type Launcher,
  type OnLauncher,
  perElement,
  perRow,
  spread,
} from "../launcher";

interface Fold {
  readonly start: string;
  /** From `total` and `x`. */
  readonly step: string;
  /** The function that folds a workgroup. */
  readonly group: string;
}

const SUM: Fold = { start: "0.0", step: "total + x", group: "groupSum" };

const FLOATS: Record<ReduceOp, Fold> = {
  sum: SUM,
  mean: SUM,
  max: { start: "-infinityOf()", step: "maxOf(total, x)", group: "groupMax" },
  min: { start: "infinityOf()", step: "minOf(total, x)", group: "groupMin" },
  prod: { start: "1.0", step: "total * x", group: "groupProduct" },
  sumSquares: { ...SUM, step: "total + x * x" },
};

const INTEGER_SUM: Fold = { start: "0", step: "total + x", group: "groupSumInt" };
const INTEGERS: Record<ReduceOp, Fold> = {
  sum: INTEGER_SUM,
  mean: INTEGER_SUM,
  max: { start: "-2147483647 - 1", step: "max(total, x)", group: "groupMaxInt" },
  min: { start: "2147483647", step: "min(total, x)", group: "groupMinInt" },
  prod: { start: "1", step: "total * x", group: "groupProductInt" },
  sumSquares: { ...INTEGER_SUM, step: "total + x * x" },
};

/** The number of parts into which `n` numbers are cut where `count` sums alone would not keep a device busy. */
export const partsOf = (n: number, count: number): number =>
  n < 1024 || count >= 16_384 ? 1 : Math.min(64, Math.ceil(n / 512));

/** The op that joins the results of parts. */
const JOINED: Record<ReduceOp, ReduceOp> = {
  sum: "sum",
  mean: "sum",
  max: "max",
  min: "min",
  prod: "prod",
  sumSquares: "sum",
};

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
  const { start, step, group } = (isFloat ? FLOATS : INTEGERS)[op];
  const [read, put] = isFloat ? ["x_at", "out_put"] : ["x_int", "out_put_int"];
  const result = isFloat ? "total / a.divisor" : "total";
  const isRow = inner === 1;
  const loop = (first: string, stride: string) => `let o = row / (a.parts * a.inner);
  let part = (row / a.inner) % a.parts;
  let end = min(a.length, (part + 1u) * a.share);
  var total = ${start};
  for (var k = part * a.share${first}; k < end; k += ${stride}) {
    let x = ${read}((o * a.length + k) * a.inner + row % a.inner);
    total = ${step};
  }`;
  const rows = outer * parts * inner;
  launcher.launch({
    key: `${op}:${isFloat}:${isRow}`,
    views: { out, x },
    writes: ["out"],
    numbers: { n: rows, rows, parts, inner, length: n, share: Math.ceil(n / parts) },
    floats: { divisor },
    body: () =>
      isRow
        ? perRow(`${loop(" + lane", "64u")}
  total = ${group}(total, lane);
  if (lane == 0u) { ${put}(row, ${result}); }`)
        : perElement(`let row = i;\n  ${loop("", "1u")}\n  ${put}(i, ${result});`),
    groups: isRow ? spread(rows) : elementGroups(rows),
    work: streamed([x], [out], outer * n * inner),
  });
}

export const reduce: OnLauncher["reduce"] = (launcher, op, out, x, outer, n, inner) => {
  if (outer * inner === 0) return;
  const parts = partsOf(n, outer * inner);
  const divisor = op === "mean" ? n : 1;
  if (parts === 1) return fold(launcher, op, out, x, outer, n, inner, 1, divisor);
  launcher.scratch(outer * parts * inner, (plain) => {
    const partial = { ...plain, dtype: x.dtype };
    fold(launcher, op, partial, x, outer, n, inner, parts, 1);
    fold(launcher, JOINED[op], out, partial, outer, parts, inner, 1, divisor);
  });
};

/** The order of x in WGSL, in which the wanted extreme is the largest; NaN is larger than all. */
const orderOf = (op: "max" | "min", isFloat: boolean): string => {
  if (!isFloat) return `${op === "min" ? "~" : ""}(x_bits(at) ^ 0x80000000u)`;
  return op === "max"
    ? "orderOf(x_at(at))"
    : "orderOf(select(-x_at(at), x_at(at), isNan(x_at(at))))";
};

export const argReduce: OnLauncher["argReduce"] = (launcher, op, out, x, outer, n, inner) => {
  const rows = outer * inner;
  if (rows === 0) return undefined;
  const isFloat = x.dtype === "float32";
  launcher.launch({
    key: `arg:${op}:${isFloat}`,
    views: { out, x },
    writes: ["out"],
    numbers: { rows, inner, length: n },
    body: () =>
      perRow(`var best = vec2u(0u, 0xffffffffu);
  for (var k = lane; k < a.length; k += 64u) {
    let at = (row / a.inner * a.length + k) * a.inner + row % a.inner;
    let order = ${orderOf(op, isFloat)};
    if (order > best.x || best.y == 0xffffffffu) { best = vec2u(order, k); }
  }
  best = groupFirst(best, lane);
  if (lane == 0u) { out_put_bits(row, best.y); }`),
    groups: spread(rows),
    work: streamed([x], [out], x.size),
  });
  return undefined;
};

/** @file Sums and extremes along an axis, in passes of short runs: parallel, and as accurate as a tree sum. */
import type { View } from "../../backend/view";
import type { Cell } from "../cell";
import type { Heap } from "../cell-heap";
import { compute, type Formula, launch } from "../launch";

/** Longest run that one thread folds. */
const RUN = 32;
/** Axes up to this length are folded in one pass. */
const ONE_PASS = 64;

export type FoldOp = "sum" | "max" | "min" | "prod";

const START: Record<FoldOp, number> = {
  sum: 0,
  prod: 1,
  max: Number.NEGATIVE_INFINITY,
  min: Number.POSITIVE_INFINITY,
};

const STEP: Record<FoldOp, string> = {
  sum: "total = total + term;",
  prod: "total = total * term;",
  max: "if (term > total) { total = term; }\n      if (isNan(term) > 0) { total = term; }",
  min: "if (term < total) { total = term; }\n      if (isNan(term) > 0) { total = term; }",
};

/** The term to fold: over [outer, n, inner], `term` is set from the indices o, k and c. */
export interface FoldTerm extends Omit<Formula, "body"> {
  readonly term: string;
}

export interface FoldShape {
  readonly outer: number;
  readonly n: number;
  readonly inner: number;
}

function pass(op: FoldOp, { key, arrays, numbers, term }: FoldTerm, shape: FoldShape): Formula {
  const { n, inner } = shape;
  const run = n <= ONE_PASS ? n : RUN;
  return {
    key: `${op} of ${key}`,
    arrays,
    numbers: {
      ...numbers,
      foldN: n,
      foldInner: inner,
      foldRun: run,
      foldRuns: Math.max(1, Math.ceil(n / run)),
      foldStart: START[op],
    },
    body: `const upper = quotient(i, foldInner);
    const c = i - upper * foldInner;
    const o = quotient(upper, foldRuns);
    const from = (upper - o * foldRuns) * foldRun;
    let end = from + foldRun;
    if (end > foldN) { end = foldN; }
    let total = foldStart;
    for (let turn = 0; turn < end - from; turn++) {
      const k = from + turn;
      let term = 0;
      ${term}
      ${STEP[op]}
    }
    value = total;`,
  };
}

/** All passes but the last, which the caller runs. */
function foldAllButLast(
  heap: Heap,
  op: FoldOp,
  term: FoldTerm,
  shape: FoldShape,
  last: (formula: Formula) => void,
): void {
  if (shape.n <= ONE_PASS) return void last(pass(op, term, shape));
  const runs = Math.ceil(shape.n / RUN);
  const parts = compute(heap, shape.outer * runs * shape.inner, pass(op, term, shape));
  const rest: FoldTerm = {
    key: "parts",
    arrays: { parts },
    numbers: {},
    term: "term = at(parts, (o * foldN + k) * foldInner + c);",
  };
  foldAllButLast(heap, op, rest, { ...shape, n: runs }, last);
  heap.device.release(parts);
}

/** Folds into a cell [outer, inner], which the caller must release. */
export function foldCell(heap: Heap, op: FoldOp, term: FoldTerm, shape: FoldShape): Cell {
  let result: Cell | undefined;
  foldAllButLast(heap, op, term, shape, (formula) => {
    result = compute(heap, Math.max(1, shape.outer * shape.inner), formula);
  });
  return result!;
}

/** Folds into a view [outer, inner]; `finish` may change `value`, given the numbers of the term. */
export function foldInto(
  heap: Heap,
  out: View,
  op: FoldOp,
  term: FoldTerm,
  shape: FoldShape,
  finish: { key: string; numbers: Readonly<Record<string, number>>; body: string } | null = null,
): void {
  foldAllButLast(heap, op, term, shape, (formula) => {
    if (!finish) return launch(heap, out, formula);
    launch(heap, out, {
      ...formula,
      key: `${formula.key} ${finish.key}`,
      numbers: { ...formula.numbers, ...finish.numbers },
      body: `${formula.body}\n    ${finish.body}`,
    });
  });
}

/** A contiguous [outer, n, inner] view as the input of a fold. */
export function elementsOf(heap: Heap, x: View, isSquared = false): FoldTerm {
  const read = "at(x, xOffset + (o * foldN + k) * foldInner + c)";
  return {
    key: isSquared ? "squares" : "elements",
    arrays: { x: heap.cell(x) },
    numbers: { xOffset: x.offset },
    term: isSquared ? `const one = ${read};\n      term = one * one;` : `term = ${read};`,
  };
}

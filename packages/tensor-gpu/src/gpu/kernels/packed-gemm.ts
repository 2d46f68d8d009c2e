/** @file Products whose operands consist of whole texels: four elements per fetch, four results per thread. */

import type { GemmShape } from "../../backend/kernels";
import type { View } from "../../backend/view";
import type { Heap } from "../cell-heap";
import type { TexelProgram } from "../program-source";

type Layout = "nn" | "nt" | "tn";

const NUMBERS = [
  ...["m", "columns", "depth", "batch1"],
  ...["aOffset", "aStep", "aBatch0", "aBatch1"],
  ...["bOffset", "bStep", "bBatch0", "bBatch1"],
];

/** Texel `t` of C: its row and columns, and the start of its operands in texels. */
const HEAD = `
  const line = quotient(t, columns);
  const column = t - line * columns;
  const pair = quotient(line, m);
  const row = line - pair * m;
  const outer = quotient(pair, batch1);
  const inner = pair - outer * batch1;
  const startA = aOffset + outer * aBatch0 + inner * aBatch1;
  const startB = bOffset + outer * bBatch0 + inner * bBatch1;
  let r0 = 0;
  let r1 = 0;
  let r2 = 0;
  let r3 = 0;`;

/** r += x·(a row of b). */
const addRow = (x: string, b: string) =>
  [0, 1, 2, 3].map((lane) => `    r${lane} += ${x} * ${b}[${lane}];`).join("\n");

/** r_lane += Σ p·b. */
const addDot = (lane: number) =>
  `    r${lane} += p[0] * b${lane}[0] + p[1] * b${lane}[1] + p[2] * b${lane}[2] + p[3] * b${lane}[3];`;

const LANES = [0, 1, 2, 3];

const BODIES: Record<Layout, string> = {
  // depth in texels of A's rows; four rows of B per iteration
  nn: `
  const fromA = startA + row * aStep;
  for (let q = 0; q < depth; q++) {
    const p = a[fromA + q];
${LANES.map((lane) => `    const b${lane} = b[startB + (q * 4 + ${lane}) * bStep + column];`).join("\n")}
${LANES.map((lane) => addRow(`p[${lane}]`, `b${lane}`)).join("\n")}
  }`,
  // depth in texels; four rows of B are the four columns
  nt: `
  const fromA = startA + row * aStep;
  for (let q = 0; q < depth; q++) {
    const p = a[fromA + q];
${LANES.map((lane) => `    const b${lane} = b[startB + (column * 4 + ${lane}) * bStep + q];`).join("\n")}
${LANES.map(addDot).join("\n")}
  }`,
  // depth in elements; one element of A's column per iteration
  tn: `
  const rowTexel = quotient(row, 4);
  const rowLane = row - rowTexel * 4;
  for (let q = 0; q < depth; q++) {
    const p = a[startA + q * aStep + rowTexel];
    const v = b[startB + q * bStep + column];
    let x = p[0];
    if (rowLane == 1) { x = p[1]; }
    if (rowLane == 2) { x = p[2]; }
    if (rowLane == 3) { x = p[3]; }
${addRow("x", "v")}
  }`,
};

const programs = (layout: Layout, accumulate: boolean): TexelProgram => ({
  key: `packed gemm ${layout}${accumulate ? " onto" : ""}`,
  arrays: ["a", "b", ...(accumulate ? ["c"] : [])],
  numbers: NUMBERS,
  texelBody: `${HEAD}${BODIES[layout]}
${accumulate ? "  const old = c[t];\n  return [r0 + old[0], r1 + old[1], r2 + old[2], r3 + old[3]];" : "  return [r0, r1, r2, r3];"}`,
});

function layoutOf({ aRow, aCol, bRow, bCol, k }: GemmShape): Layout | undefined {
  const isWhole = k % 4 === 0;
  if (aCol === 1 && bCol === 1 && isWhole) return "nn";
  if (aCol === 1 && bRow === 1 && isWhole) return "nt";
  return aRow === 1 && bCol === 1 ? "tn" : undefined;
}

/** Whether C covers its whole block, row after row, in whole texels. */
function fillsBlock(heap: Heap, c: View, shape: GemmShape): boolean {
  const { m, n, batch0, batch1, cRow, cBatch0, cBatch1 } = shape;
  return (
    n % 4 === 0 &&
    c.offset === 0 &&
    heap.block(c).length === batch0 * batch1 * m * n &&
    (m === 1 || cRow === n) &&
    (batch1 === 1 || cBatch1 === m * n) &&
    (batch0 === 1 || cBatch0 === batch1 * m * n)
  );
}

/** Computes the product where its layout allows. @returns whether it did */
export function packedGemm(heap: Heap, c: View, a: View, b: View, shape: GemmShape): boolean {
  const { m, n, k, batch0, batch1, aRow, aCol, bRow, bCol, accumulate } = shape;
  const layout = layoutOf(shape);
  if (!heap.device.isPacked || !layout || batch0 * batch1 * m * n === 0) return false;
  const aStep = layout === "tn" ? aCol : aRow;
  const bStep = layout === "nt" ? bCol : bRow;
  const { aBatch0, aBatch1, bBatch0, bBatch1 } = shape;
  const steps = [a.offset, aStep, aBatch0, aBatch1, b.offset, bStep, bBatch0, bBatch1];
  if (!fillsBlock(heap, c, shape) || steps.some((step) => step % 4 !== 0)) return false;
  const depth = layout === "tn" ? k : k / 4;
  const numbers = [m, n / 4, depth, batch1, ...steps.map((step) => step / 4)];
  const inputs = [heap.cell(a), heap.cell(b), ...(accumulate ? [heap.cell(c)] : [])];
  const cell = heap.device.run(
    programs(layout, accumulate),
    inputs,
    numbers,
    c.size === 0 ? 0 : heap.block(c).length,
  );
  heap.replace(c, cell);
  return true;
}

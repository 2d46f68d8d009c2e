import { tracked } from "../autograd/track";
import { fail } from "../errors";
import { CompactTensor } from "../tensor/compact-tensor";
import { broadcastShapes, broadcastStrides, type Shape, sizeOf } from "../tensor/shape";
import { showValue } from "../tensor/sizes";
import { allocate, type Tensor } from "../tensor/tensor";
import { compactLinear } from "./compact";
import { assertFloat, assertFloatOrNull, assertWeight } from "./operands";
import { permute, reshape, transpose } from "./shape-ops";
import { shapeError, sumTo } from "./support";

/** Two batch axes: their sizes, and the strides of a, b and out along them. */
interface BatchPlan {
  sizes: readonly number[];
  strides: readonly (readonly number[])[];
}

/** The batch axes collapsed to at most two strided ones, or undefined where that is not possible. */
function collapseBatch(shape: Shape, strides: Shape[]): BatchPlan | undefined {
  const sizes: number[] = [];
  const out = strides.map(() => [] as number[]);
  for (let axis = 0; axis < shape.length; axis++) {
    const n = shape[axis]!;
    if (n === 1) continue;
    const last = sizes.length - 1;
    const merges = last >= 0 && strides.every((s, i) => out[i]![last] === s[axis]! * n);
    if (merges) {
      sizes[last]! *= n;
      out.forEach((s, i) => {
        s[last] = strides[i]![axis]!;
      });
    } else {
      sizes.push(n);
      out.forEach((s, i) => {
        s.push(strides[i]![axis]!);
      });
    }
  }
  if (sizes.length > 2) return undefined;
  while (sizes.length < 2) {
    sizes.unshift(1);
    for (const s of out) s.unshift(0);
  }
  return { sizes, strides: out };
}

const NO_BATCH: BatchPlan = {
  sizes: [1, 1],
  strides: [
    [0, 0],
    [0, 0],
    [0, 0],
  ],
};

/** The batch axes of out = a·b, each operand's strides broadcast to them. */
function planBatch(out: Tensor, a: Tensor, b: Tensor): BatchPlan | undefined {
  if (out.rank === 2) return NO_BATCH;
  const batch = out.shape.slice(0, -2);
  const [aBatch, bBatch] = [a, b].map((x) =>
    broadcastStrides(x.shape.slice(0, -2), x.strides.slice(0, -2), batch),
  ) as [number[], number[]];
  return collapseBatch(batch, [aBatch, bBatch, out.strides.slice(0, -2)]);
}

/** out = a·b (+ out) over broadcast batch axes; `out` contiguous. Off the tape. */
export function gemmInto(out: Tensor, a: Tensor, b: Tensor, accumulate: boolean): void {
  const plan = planBatch(out, a, b);
  if (!plan) {
    const batch = out.shape.slice(0, -2);
    gemmInto(
      out,
      a.expand([...batch, ...a.shape.slice(-2)]).contiguous(),
      b.expand([...batch, ...b.shape.slice(-2)]).contiguous(),
      accumulate,
    );
    return;
  }
  const [m, n, k] = [out.shape.at(-2)!, out.shape.at(-1)!, a.shape.at(-1)!];
  const [[aBatch0, aBatch1], [bBatch0, bBatch1], [cBatch0, cBatch1]] = plan.strides as [
    [number, number],
    [number, number],
    [number, number],
  ];
  out.storage.backend.kernels.gemm(out, a, b, {
    m,
    n,
    k,
    batch0: plan.sizes[0]!,
    batch1: plan.sizes[1]!,
    aRow: a.strides.at(-2)!,
    aCol: a.strides.at(-1)!,
    aBatch0,
    aBatch1,
    bRow: b.strides.at(-2)!,
    bCol: b.strides.at(-1)!,
    bBatch0,
    bBatch1,
    cRow: n,
    cBatch0,
    cBatch1,
    accumulate,
  });
}

function product(a: Tensor, b: Tensor): Tensor {
  const batch = broadcastShapes("matmul", a.shape.slice(0, -2), b.shape.slice(0, -2));
  const out = allocate(
    "matmul",
    [...batch, a.shape.at(-2)!, b.shape.at(-1)!],
    "float32",
    a.storage.backend,
  );
  gemmInto(out, a, b, false);
  return out;
}

/**
 * Matrix product over the last two axes; leading axes broadcast. A vector on either side is a row or column, and its
 * axis is dropped from the result, as in PyTorch.
 * @throws {TensorError} `ERR_SHAPE` when the inner sizes differ
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  assertFloat("matmul", a, b);
  if (a.rank === 0 || b.rank === 0)
    shapeError("matmul", "both operands need at least one axis", a.shape, b.shape);
  if (a.shape.at(-1) !== b.shape.at(b.rank === 1 ? 0 : -2))
    shapeError(
      "matmul",
      "the last axis of the first must equal the second-to-last axis of the second",
      a.shape,
      b.shape,
    );
  if (a.rank === 1) {
    const row = matmul(reshape(a, [1, a.size]), b);
    return reshape(row, [
      ...row.shape.slice(0, b.rank === 1 ? 0 : -2),
      ...(b.rank === 1 ? [] : [row.shape.at(-1)!]),
    ]);
  }
  if (b.rank === 1) {
    const column = matmul(a, reshape(b, [b.size, 1]));
    return reshape(column, column.shape.slice(0, -1));
  }
  return tracked("matmul", product(a, b), [a, b], (hold, wants) => {
    const [left, right] = [wants[1] ? hold(a) : null, wants[0] ? hold(b) : null];
    return (dy, needs) => [
      needs[0] ? sumTo(product(dy, transpose(right!)), a.shape) : null,
      needs[1] ? sumTo(product(transpose(left!), dy), b.shape) : null,
    ];
  });
}

/** Everything before the last axis as one axis. */
const asRows = (x: Tensor): Tensor => reshape(x, [sizeOf(x.shape.slice(0, -1)), x.shape.at(-1)!]);

/** out [rows, outSize] = x·weightᵀ + bias. Off the tape. */
function linearInto(out: Tensor, x: Tensor, weight: Tensor, bias: Tensor | null): void {
  const { kernels, shortcuts } = out.storage.backend;
  if (bias && shortcuts?.linear?.(out, x, weight, bias)) return;
  // The bias is written first and the product is added to it: this saves one pass.
  if (bias) kernels.copy(out, bias.expand(out.shape));
  gemmInto(out, x, transpose(weight), bias !== null);
}

/**
 * y = x·weightᵀ + bias.
 *
 * @param x shape [..., in]
 * @param weight shape [out, in], may have a compact type, and then gets no gradient
 * @param bias shape [out], or null
 * @returns shape [..., out]
 * @throws {TensorError} `ERR_SHAPE`
 */
export function linear(x: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  assertFloat("linear", x);
  assertWeight("linear", x, weight);
  assertFloatOrNull("linear", x, bias);
  const [outSize, inSize] = weight.shape as [number, number];
  if (weight.rank !== 2 || x.shape.at(-1) !== inSize)
    shapeError("linear", "x [..., in] needs a weight [out, in]", x.shape, weight.shape);
  if (bias && (bias.rank !== 1 || bias.size !== outSize))
    shapeError("linear", "the bias must be [out]", bias.shape, weight.shape);
  if (weight instanceof CompactTensor) return compactLinear(x, weight, bias);
  const rows = x.rank === 2 && x.strides[1] === 1 ? x.detach() : asRows(x.detach());
  const out = allocate("linear", [...x.shape.slice(0, -1), outSize], "float32", x.storage.backend);
  const flat = out.view([rows.shape[0]!, outSize], [outSize, 1], 0);
  linearInto(flat, rows, weight.detach(), bias?.contiguous() ?? null);
  return tracked("linear", out, [x, weight, bias], (hold, wants) => {
    const [input, w] = [wants[1] ? hold(rows) : null, wants[0] ? hold(weight) : null];
    const inShape = x.shape;
    return (dy, needs) => {
      const gradient = asRows(dy);
      return [
        needs[0] ? reshape(product(gradient, w!), inShape) : null,
        needs[1] ? product(transpose(gradient), input!) : null,
        needs[2] ? sumTo(gradient, [outSize]) : null,
      ];
    };
  });
}

/** Letters of one operand that are kept (in order) and summed. */
function parseEquation(
  equation: string,
  ranks: [number, number],
): { a: string; b: string; out: string } {
  const match = /^([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]*)$/.exec(equation.replaceAll(" ", ""));
  const [, a = "", b = "", out = ""] = match ?? [];
  const isDistinct = (letters: string) => new Set(letters).size === letters.length;
  if (
    !match ||
    a.length !== ranks[0] ||
    b.length !== ranks[1] ||
    ![a, b, out].every(isDistinct) ||
    [...out].some((l) => !a.includes(l) && !b.includes(l))
  )
    fail(
      "ERR_SHAPE",
      `einsum: cannot read "${equation}" for operands of ${ranks[0]} and ${ranks[1]} axes`,
    );
  return { a, b, out };
}

/**
 * The product of two tensors in the Einstein notation, as in `"bhqd,bhkd->bhqk"`. Letters in both operands and in the result
 * are batch axes. Letters in both operands but not in the result are summed.
 * @throws {TensorError} `ERR_SHAPE` for an equation or sizes that do not fit
 */
export function einsum(equation: string, x: Tensor, y: Tensor): Tensor {
  if (typeof equation !== "string")
    fail("ERR_ARGUMENT", `einsum: the equation must be text, got ${showValue(equation)}`);
  assertFloat("einsum", x, y);
  const { a, b, out } = parseEquation(equation, [x.rank, y.rank]);
  const lone = (letters: string, other: string) =>
    [...letters].filter((l) => !other.includes(l) && !out.includes(l));
  const left = lone(a, b).reduceRight((t, l) => t.sum({ dim: a.indexOf(l) }), x);
  const right = lone(b, a).reduceRight((t, l) => t.sum({ dim: b.indexOf(l) }), y);
  const [la, lb] = [
    [...a].filter((l) => b.includes(l) || out.includes(l)),
    [...b].filter((l) => a.includes(l) || out.includes(l)),
  ];
  const batch = la.filter((l) => lb.includes(l) && out.includes(l));
  const summed = la.filter((l) => lb.includes(l) && !out.includes(l));
  const [rows, columns] = [la.filter((l) => !lb.includes(l)), lb.filter((l) => !la.includes(l))];
  const sizeFor = (l: string) =>
    la.includes(l) ? left.shape[la.indexOf(l)]! : right.shape[lb.indexOf(l)]!;
  for (const l of [...batch, ...summed])
    if (left.shape[la.indexOf(l)] !== right.shape[lb.indexOf(l)])
      shapeError("einsum", `"${l}" must have one size in "${equation}"`, x.shape, y.shape);
  const sizes = (letters: string[]) => letters.map(sizeFor);
  const p = permute(
    left,
    [...batch, ...rows, ...summed].map((l) => la.indexOf(l)),
  );
  const q = permute(
    right,
    [...batch, ...summed, ...columns].map((l) => lb.indexOf(l)),
  );
  const flatP = reshape(p, [...sizes(batch), sizeOf(sizes(rows)), sizeOf(sizes(summed))]);
  const flatQ = reshape(q, [...sizes(batch), sizeOf(sizes(summed)), sizeOf(sizes(columns))]);
  const product = reshape(matmul(flatP, flatQ), sizes([...batch, ...rows, ...columns]));
  return permute(
    product,
    [...out].map((l) => [...batch, ...rows, ...columns].indexOf(l)),
  );
}

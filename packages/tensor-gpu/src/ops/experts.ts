/** @file Operators for mixtures of experts: sort slots by expert, one grouped product, weighted sum per token. */

import { tracked } from "../autograd/track";
import { withKernels } from "../backend/with-kernels";
import { fail, optionsOf, refuseUnknown } from "../errors";
import { CompactTensor } from "../tensor/compact-tensor";
import { sameShape } from "../tensor/shape";
import { assertSize, assertWhole, showValue } from "../tensor/sizes";
import { allocate, type Tensor } from "../tensor/tensor";
import { expertKernels } from "../wasm/kernels/experts";
import { groupedGemmKernels } from "../wasm/kernels/grouped-gemm";
import { compactGroupedLinear } from "./compact";
import { assertOffsets, assertPlacesBelow, clearOutsideGroups } from "./index-tables";
import { assertFloat, assertIndex, assertWeight } from "./operands";
import { select } from "./shape-ops";
import { shapeError } from "./support";

/** How tokens are laid out by expert. Slot t·k + j is choice j of token t. */
export interface ExpertPlan {
  /** int32 [slots]: the slot at each sorted place; −1 past the last kept one. */
  order: Tensor;
  /** int32 [tokens, k]: the place of each slot; −1 where it was dropped. */
  inverse: Tensor;
  /** int32 [experts + 1]: expert e owns places offsets[e] … offsets[e+1]−1. */
  offsets: Tensor;
  experts: number;
}

/** The backend with the kernels of experts. */
const backendOf = ({ storage: { backend } }: Tensor) =>
  withKernels(backend, "countingSort", expertKernels);

/**
 * Sorts choices by expert, keeping token order within an expert.
 * @param ids int32 [tokens, k]: expert of each choice, −1 for a dropped one
 * @param experts a whole number of at least 0
 * @throws {TensorError} `ERR_SHAPE`, `ERR_DTYPE`, or `ERR_RANGE` for an id that is not an expert
 */
export function planExperts(ids: Tensor, experts: number): ExpertPlan {
  assertIndex("planExperts", ids, ids);
  assertSize("planExperts", "experts", experts);
  if (ids.rank !== 2) shapeError("planExperts", "ids must be [tokens, k]", ids.shape);
  const choices = ids.contiguous();
  assertPlacesBelow("planExperts", choices, experts, "id");
  const backend = backendOf(ids);
  const order = allocate("planExperts", [ids.size], "int32", backend);
  const inverse = allocate("planExperts", ids.shape, "int32", backend);
  const offsets = allocate("planExperts", [experts + 1], "int32", backend);
  backend.kernels.countingSort(order, inverse, offsets, choices, experts);
  return { order, inverse, offsets, experts };
}

function expand(
  x: Tensor,
  plan: Pick<ExpertPlan, "order">,
  k: number,
  weights: Tensor | null,
): Tensor {
  const backend = backendOf(x);
  const out = allocate("dispatch", [plan.order.size, x.shape[1]!], "float32", backend);
  backend.kernels.expandRows(out, x, plan.order, k, weights);
  return out;
}

function combine(x: Tensor, inverse: Tensor, weights: Tensor | null): Tensor {
  const backend = backendOf(x);
  const out = allocate("combine", [inverse.shape[0]!, x.shape[1]!], "float32", backend);
  backend.kernels.combineRows(out, x, inverse, weights);
  return out;
}

/** Checks a plan: it may be made by hand instead of by `planExperts`, or its tables may have been overwritten. */
function checkPlan(op: string, x: Tensor, { order, inverse }: ExpertPlan): void {
  assertIndex(op, x, order);
  assertIndex(op, x, inverse);
  if (order.rank !== 1 || inverse.rank !== 2 || order.size !== inverse.size)
    shapeError(op, "a plan has order [slots] and inverse [tokens, k]", order.shape, inverse.shape);
  if (!order.isContiguous || !inverse.isContiguous)
    shapeError(op, "a plan's tables must be contiguous", order.strides, inverse.strides);
  assertPlacesBelow(op, order, order.size, "slot of the plan's order");
  assertPlacesBelow(op, inverse, order.size, "place of the plan's inverse");
}

/**
 * Copies each token once per choice, sorted by expert.
 * @param x shape [tokens, d]
 * @returns shape [slots, d]; rows past the last kept slot are zero
 * @throws {TensorError} `ERR_SHAPE`, `ERR_DTYPE`, or `ERR_RANGE` for a plan that points out of range
 */
export function dispatch(x: Tensor, plan: ExpertPlan): Tensor {
  assertFloat("dispatch", x);
  checkPlan("dispatch", x, plan);
  const k = plan.inverse.shape[1]!;
  if (x.rank !== 2 || x.shape[0] !== plan.inverse.shape[0])
    shapeError(
      "dispatch",
      "x must be [tokens, d] with the plan's tokens",
      x.shape,
      plan.inverse.shape,
    );
  return tracked("dispatch", expand(x.contiguous(), plan, k, null), [x], (hold) => {
    const inverse = hold(plan.inverse);
    return (dy) => [combine(dy.contiguous(), inverse, null)];
  });
}

/**
 * y[t] = Σ_j weights[t, j] · rows[place of slot (t, j)]; dropped slots add nothing.
 * @param rows shape [slots, d], sorted by expert
 * @param weights shape [tokens, k]
 * @returns shape [tokens, d]
 * @throws {TensorError} as `dispatch`
 */
export function combineExperts(rows: Tensor, weights: Tensor, plan: ExpertPlan): Tensor {
  assertFloat("combineExperts", rows, weights);
  checkPlan("combineExperts", rows, plan);
  if (rows.rank !== 2 || rows.shape[0] !== plan.order.size)
    shapeError("combineExperts", "rows must be [slots, d]", rows.shape, plan.order.shape);
  if (!sameShape(weights.shape, plan.inverse.shape))
    shapeError("combineExperts", "weights must be [tokens, k]", weights.shape, plan.inverse.shape);
  const [dense, gate] = [rows.contiguous(), weights.contiguous()];
  return tracked("combine", combine(dense, plan.inverse, gate), [rows, weights], (hold, wants) => {
    const forRows = wants[0] ? { w: hold(gate), order: hold(plan.order) } : null;
    const forWeights = wants[1] ? { h: hold(dense), inverse: hold(plan.inverse) } : null;
    return (dy, needs) => {
      const gradient = dy.contiguous();
      const dh = needs[0] && forRows ? expand(gradient, forRows, gate.shape[1]!, forRows.w) : null;
      const dw = needs[1] ? allocate("combine", gate.shape, "float32", dy.storage.backend) : null;
      if (dw && forWeights)
        dy.storage.backend.kernels.rowDots(dw, gradient, forWeights.h, forWeights.inverse);
      return [dh, dw];
    };
  });
}

function checkTrained(weight: Tensor, trained: TrainedGroups): void {
  if (!(trained instanceof Map))
    fail(
      "ERR_ARGUMENT",
      `groupedLinear: trained must be a map from group to leaf, got ${showValue(trained)}`,
    );
  const [groups, ...rest] = weight.shape as [number, number, number];
  for (const [group, leaf] of trained) {
    assertWhole("groupedLinear", "a trained group", group, { most: groups - 1 });
    assertFloat("groupedLinear", weight, leaf);
    if (!sameShape(leaf.shape, rest))
      shapeError("groupedLinear", "a trained group's leaf must be [out, in]", leaf.shape, rest);
  }
}

/** Weights of single groups that are trained while the rest is frozen: group number → leaf [out, in], a slice of the stack. */
export type TrainedGroups = ReadonlyMap<number, Tensor>;

function groupNumbers(trained: TrainedGroups, backend: Tensor["storage"]["backend"]): Tensor {
  const out = allocate("groups", [trained.size], "int32", backend);
  backend.upload(out, [...trained.keys()]);
  return out;
}

/**
 * One product per group of rows: y[rows of g] = x[rows of g]·weight[g]ᵀ, in one kernel call.
 *
 * @param x shape [rows, in], sorted by group
 * @param weight shape [groups, out, in], may have a compact type, and then gets no gradient
 * @param offsets int32 [groups + 1], ascending within [0, rows]; rows that belong to no group become zeros
 * @param options.trained the groups whose weights require a gradient, each with the leaf that receives it; the others cost
 *   no weight-gradient work. Null (default): `weight` itself is differentiated
 * @returns shape [rows, out]
 * @throws {TensorError} `ERR_SHAPE`, `ERR_DTYPE`, or `ERR_RANGE` for offsets or trained groups out of range
 */
export function groupedLinear(
  x: Tensor,
  weight: Tensor,
  offsets: Tensor,
  options: { trained?: TrainedGroups | null | undefined } = {},
): Tensor {
  const { trained = null, ...rest } = optionsOf("groupedLinear", options);
  refuseUnknown("groupedLinear", rest);
  assertFloat("groupedLinear", x);
  assertWeight("groupedLinear", x, weight);
  assertIndex("groupedLinear", x, offsets);
  if (
    x.rank !== 2 ||
    weight.rank !== 3 ||
    x.shape[1] !== weight.shape[2] ||
    offsets.size !== weight.shape[0]! + 1
  )
    shapeError(
      "groupedLinear",
      "x [rows, in], weight [groups, out, in], offsets [groups + 1]",
      x.shape,
      weight.shape,
      offsets.shape,
    );
  if (weight instanceof CompactTensor) {
    const ends = offsets.contiguous();
    assertOffsets("groupedLinear", ends, x.shape[0]!);
    return compactGroupedLinear(x, weight, ends.dataSync());
  }
  if (trained !== null) checkTrained(weight, trained);
  const backend = withKernels(x.storage.backend, "groupedGemm", groupedGemmKernels);
  const { kernels } = backend;
  const [rows, w, bounds] = [x.contiguous(), weight.contiguous(), offsets.contiguous()];
  assertOffsets("groupedLinear", bounds, x.shape[0]!);
  const out = allocate("groupedLinear", [x.shape[0]!, weight.shape[1]!], "float32", backend);
  clearOutsideGroups(out, bounds, rows.shape[0]!);
  kernels.groupedGemm("nt", out, rows, w, bounds);
  const receivers = trained ? [...trained.values()] : [weight];
  return tracked("groupedLinear", out, [x, ...receivers], (hold, wants) => {
    const ends = hold(bounds);
    const [table, input] = [wants[0] ? hold(w) : null, wants.includes(true, 1) ? hold(rows) : null];
    return (dy, needs) => {
      const gradient = dy.contiguous();
      const dx = needs[0] ? allocate("groupedLinear", rows.shape, "float32", backend) : null;
      if (dx) {
        clearOutsideGroups(dx, ends, rows.shape[0]!);
        kernels.groupedGemm("nn", dx, gradient, table!, ends);
      }
      if (!needs.some((need, i) => need && i > 0)) return [dx];
      const count = trained ? trained.size : weight.shape[0]!;
      const dw = allocate("groupedLinear", [count, ...weight.shape.slice(1)], "float32", backend);
      kernels.groupedGemmWeight(
        dw,
        gradient,
        input!,
        ends,
        trained && groupNumbers(trained, backend),
      );
      return trained ? [dx, ...receivers.map((_, i) => select(dw, 0, i))] : [dx, dw];
    };
  });
}

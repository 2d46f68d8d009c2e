import { tidy } from "../autograd/scope";
import type { OptimizerSlot } from "../backend/kernels";
import { withKernels } from "../backend/with-kernels";
import { TensorError } from "../errors";
import { assertFloat } from "../ops/operands";
import { broadcastView } from "../ops/support";
import { assertElements } from "../tensor/elements";
import { sameShape, showShape } from "../tensor/shape";
import { assertFinite, showValue } from "../tensor/sizes";
import { allocate, type Tensor } from "../tensor/tensor";
import { optimiserKernels } from "../wasm/kernels/optimisers";

/** Parameters that share settings. */
export interface ParameterGroup {
  params: readonly Tensor[];
  /** Overrides the optimiser's. */
  weightDecay?: number | undefined;
  /** Multiplies the learning rate. Default 1. */
  lrScale?: number | undefined;
}

export interface StepOptions {
  /** Overrides the learning rate for this step. */
  lr?: number | undefined;
  /** Clips the gradients so that their joint norm is at most this, in the same pass. */
  maxGradNorm?: number | undefined;
}

/** Options of which none is left out. */
export type Settled<Options> = {
  [Name in keyof Options]-?: Exclude<Options[Name], undefined>;
};

/** Parameters with gradients that are adjacent in the flat state, as the fused kernels require. */
export interface Run {
  slots: OptimizerSlot[];
  /** First element of the run in the flat state. */
  start: number;
  size: number;
}

/** Checks a parameter's gradient before kernels read it: anyone may have written to the field `grad`. */
export function assertGradient(parameter: Tensor, grad: Tensor): void {
  assertFloat("optim", parameter, grad);
  if (!sameShape(parameter.shape, grad.shape) || !grad.isContiguous)
    throw new TensorError(
      "ERR_SHAPE",
      `optim: the gradient of a parameter ${showShape(parameter.shape)} must be contiguous and of its shape, got ${showShape(grad.shape)}`,
      { fields: { shape: parameter.shape, gradient: grad.shape } },
    );
}

/** @throws {TensorError} `ERR_RANGE` for settings of a step that are not finite numbers of at least 0 */
export function assertStep(op: string, lr: number, maxGradNorm: number | undefined): void {
  assertFinite(op, "lr", lr, { least: 0 });
  if (maxGradNorm !== undefined) assertNorm(op, maxGradNorm);
}

function assertNorm(op: string, maxNorm: number): void {
  if (maxNorm !== Infinity) assertFinite(op, "the largest gradient norm", maxNorm, { least: 0 });
}

/**
 * Splits the parameters wherever one has no gradient: that one is not changed, as in PyTorch. The longest run comes first: a
 * kernel allocates memory by the number of its parameters, so either the first call fails, or none does.
 */
export function runsOf(groups: readonly ParameterGroup[], weightDecay: number): Run[] {
  const runs: Run[] = [];
  let at = 0;
  let open: Run | undefined;
  for (const group of groups)
    for (const parameter of group.params) {
      if (!parameter.grad) open = undefined;
      else {
        assertGradient(parameter, parameter.grad);
        if (!open) {
          open = { slots: [], start: at, size: 0 };
          runs.push(open);
        }
        parameter.storage.noteWrite();
        open.slots.push({
          parameter,
          gradient: parameter.grad,
          weightDecay: group.weightDecay ?? weightDecay,
          lrScale: group.lrScale ?? 1,
        });
        open.size += parameter.size;
      }
      at += parameter.size;
    }
  return runs.sort((a, b) => b.slots.length - a.slots.length);
}

/** Accepts a list of parameters or of groups. @throws {TensorError} `ERR_RANGE` for no or repeated parameters and bad settings */
export function asGroups(
  op: string,
  params: readonly Tensor[] | readonly ParameterGroup[],
): ParameterGroup[] {
  const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
  if (!isList(params)) throw notParameters(op, params);
  const first: unknown = params[0];
  const groups: ParameterGroup[] =
    typeof first === "object" && first !== null && "params" in first
      ? [...(params as readonly ParameterGroup[])]
      : [{ params: params as readonly Tensor[] }];
  for (const { params: list, weightDecay = 0, lrScale = 1 } of groups) {
    if (!isList(list)) throw notParameters(op, list);
    assertFinite(op, "weightDecay", weightDecay, { least: 0 });
    assertFinite(op, "lrScale", lrScale, { least: 0 });
  }
  const all = groups.flatMap((group) => group.params);
  if (all.length === 0)
    throw new TensorError("ERR_RANGE", `${op}: there are no parameters to train`);
  if (new Set(all).size !== all.length)
    throw new TensorError("ERR_RANGE", `${op}: a parameter appears twice`);
  assertFloat(op, ...all);
  for (const parameter of all)
    if (!parameter.isContiguous)
      throw new TensorError("ERR_SHAPE", `${op}: parameters must be contiguous`);
  return groups;
}

const notParameters = (op: string, value: unknown) =>
  new TensorError(
    "ERR_ARGUMENT",
    `${op}: expected an array of parameters, got ${showValue(value)}`,
    { fields: { op } },
  );

/**
 * The joint 2-norm of the gradients, as a scalar tensor on the backend; 0 if there are none.
 * @see Pascanu et al. 2013, algorithm 1
 */
export function gradNorm(params: readonly Tensor[]): Tensor {
  const [first] = assertList("gradNorm", params);
  for (const parameter of params) if (parameter.grad) assertGradient(parameter, parameter.grad);
  const gradients = params.flatMap(({ grad }) => (grad ? [grad] : []));
  const backend = withKernels(first.storage.backend, "squaredNorms", optimiserKernels);
  const squares = allocate("gradNorm", [gradients.length], "float32", backend);
  backend.kernels.squaredNorms(squares, gradients);
  return squares.sum().sqrt();
}

function assertList(op: string, params: readonly Tensor[]): readonly [Tensor, ...Tensor[]] {
  if (!Array.isArray(params) || params.length === 0) throw notParameters(op, params);
  assertFloat(op, ...params);
  return params as unknown as readonly [Tensor, ...Tensor[]];
}

/** min(1, maxNorm / (norm + 1e-6)), the factor of PyTorch's clip_grad_norm_. */
export const clipFactor = (norm: Tensor, maxNorm: number): Tensor =>
  norm.add(1e-6).reciprocal().mul(maxNorm).minimum(1);

/**
 * Scales the gradients in place so that their joint norm is at most `maxNorm`. Returns the norm before scaling.
 * An optimiser's `step({ maxGradNorm })` does the same without the extra pass.
 * @param maxNorm at least 0; with Infinity the norm is only measured
 * @throws {TensorError} `ERR_RANGE`, `ERR_ARGUMENT`
 */
export function clipGradNorm(params: readonly Tensor[], maxNorm: number): Tensor {
  assertNorm("clipGradNorm", maxNorm);
  return tidy(() => {
    const norm = gradNorm(params);
    const factor = clipFactor(norm, maxNorm);
    for (const { grad } of params) {
      if (!grad) continue;
      const { kernels } = grad.storage.backend;
      grad.storage.noteWrite();
      kernels.arithmetic("mul", grad, grad, broadcastView(factor, grad.shape));
    }
    return norm;
  });
}

/** An optimiser's state, all zeros. An enclosing scope frees it unless it returns or keeps the optimiser. */
export function stateBuffer(size: number, like: Tensor): Tensor {
  const out = allocate("optimizer", [size], "float32", like.storage.backend);
  out.storage.backend.kernels.fill(out, 0);
  return out;
}

/** Checks that a state has the expected size. @throws {TensorError} `ERR_SHAPE`, `ERR_ARGUMENT` */
export function assertMoments(op: string, size: number, ...states: unknown[]): void {
  for (const state of states) {
    assertElements(op, "float32", state);
    if (state.length !== size)
      throw new TensorError(
        "ERR_SHAPE",
        `${op}: the state must have ${size} numbers, got ${state.length}`,
        { fields: { op, size } },
      );
  }
}

export function forgetGradients(groups: readonly ParameterGroup[]): void {
  for (const { params } of groups)
    for (const parameter of params) {
      parameter.grad?.dispose();
      parameter.grad = null;
    }
}

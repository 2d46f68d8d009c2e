import { tidy } from "../autograd/scope";
import type { OptimizerSlot } from "../backend/kernels";
import { TensorError } from "../errors";
import { broadcastView } from "../ops/support";
import { allocate, type Tensor } from "../tensor/tensor";

/** Parameters that share settings. */
export interface ParameterGroup {
  params: readonly Tensor[];
  /** Overrides the optimiser's. */
  weightDecay?: number;
  /** Multiplies the learning rate. Default 1. */
  lrScale?: number;
}

export interface StepOptions {
  /** Overrides the learning rate for this step. */
  lr?: number;
  /** Scales the gradients so that their joint norm is at most this, in the same pass. */
  maxGradNorm?: number;
}

/** Parameters with gradients that stand side by side in the flat state, as the fused kernels want them. */
export interface Run {
  slots: OptimizerSlot[];
  /** First element of the run in the flat state. */
  start: number;
  size: number;
}

/**
 * Cuts the parameters where one has no gradient: such a one is left alone, as in PyTorch. The longest run comes first: a
 * kernel borrows memory by the number of its parameters, so either the first finds none, or all find enough.
 */
export function runsOf(groups: readonly ParameterGroup[], weightDecay: number): Run[] {
  const runs: Run[] = [];
  let at = 0;
  let open: Run | undefined;
  for (const group of groups)
    for (const parameter of group.params) {
      if (!parameter.grad) open = undefined;
      else {
        if (!open) {
          open = { slots: [], start: at, size: 0 };
          runs.push(open);
        }
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

/** Accepts a list of parameters or of groups. @throws {TensorError} `ERR_RANGE` for no or repeated parameters */
export function asGroups(
  op: string,
  params: readonly Tensor[] | readonly ParameterGroup[],
): ParameterGroup[] {
  const groups =
    params.length > 0 && "params" in params[0]!
      ? [...(params as readonly ParameterGroup[])]
      : [{ params: params as readonly Tensor[] }];
  const all = groups.flatMap((group) => group.params);
  if (all.length === 0)
    throw new TensorError("ERR_RANGE", `tensor-gpu/${op}: there are no parameters to train`);
  if (new Set(all).size !== all.length)
    throw new TensorError("ERR_RANGE", `tensor-gpu/${op}: a parameter appears twice`);
  for (const parameter of all)
    if (!parameter.isContiguous)
      throw new TensorError("ERR_SHAPE", `tensor-gpu/${op}: parameters must be contiguous`);
  return groups;
}

/**
 * The joint 2-norm of the gradients, as a scalar tensor on the back end.
 * @see Pascanu et al. 2013, algorithm 1
 */
export function gradNorm(params: readonly Tensor[]): Tensor {
  const gradients = params.flatMap(({ grad }) => (grad ? [grad] : []));
  const { backend } = (gradients[0] ?? params[0]!).storage;
  const squares = allocate("gradNorm", [gradients.length], "float32", backend);
  backend.kernels.squaredNorms(squares, gradients);
  return squares.sum().sqrt();
}

/** min(1, maxNorm / (norm + 1e-6)), the factor of PyTorch's clip_grad_norm_. */
export const clipFactor = (norm: Tensor, maxNorm: number): Tensor =>
  norm.add(1e-6).reciprocal().mul(maxNorm).minimum(1);

/**
 * Scales the gradients in place so that their joint norm is at most `maxNorm`. Returns the norm before.
 * An optimiser's `step({ maxGradNorm })` does the same without the extra pass.
 */
export function clipGradNorm(params: readonly Tensor[], maxNorm: number): Tensor {
  return tidy(() => {
    const norm = gradNorm(params);
    const factor = clipFactor(norm, maxNorm);
    for (const { grad } of params) {
      if (!grad) continue;
      const { kernels } = grad.storage.backend;
      kernels.arithmetic("mul", grad, grad, broadcastView(factor, grad.shape));
    }
    return norm;
  });
}

/** Zeros that no scope frees. */
export function stateBuffer(size: number, like: Tensor): Tensor {
  const out = allocate("optimizer", [size], "float32", like.storage.backend);
  out.storage.backend.kernels.fill(out, 0);
  out.isKept = true;
  return out;
}

export function forgetGradients(groups: readonly ParameterGroup[]): void {
  for (const { params } of groups)
    for (const parameter of params) {
      parameter.grad?.dispose();
      parameter.grad = null;
    }
}

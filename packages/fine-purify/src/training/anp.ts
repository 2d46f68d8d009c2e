import { takeTurn } from "@deepgrain/support";
import { type nn, noGrad, ones, type Tensor, tidy, zeros } from "@deepgrain/tensor-gpu";
import { optionsOf, PurifyError, refuseUnknown } from "../errors";
import { type UnitFactors, type UnitGroup, unitsOf, withFactors, zeroUnits } from "./gated-layers";

/** Options of {@link adversarialMasks}. Defaults are those of the released code. */
export interface AdversarialMaskOptions<Batch> {
  /** The clean batch of a step. */
  batch(step: number): Batch;
  loss(batch: Batch): Tensor;
  /** Default 2000. */
  steps?: number | undefined;
  /** Learning rate of the masks. Default 0.2. */
  lr?: number | undefined;
  /** Default 0.9. */
  momentum?: number | undefined;
  /** ε: size of the adversarial perturbation of a unit's weights and bias. Default 0.4. */
  perturbation?: number | undefined;
  /** Share of the loss without perturbation. Default 0.2. */
  naturalShare?: number | undefined;
  /** Called after each step. */
  onStep?: ((step: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

const leaf = (tensor: Tensor): Tensor => {
  tensor.isKept = true;
  return tensor.requireGrad();
};

const takeGradient = (parameter: Tensor): Float32Array => {
  const gradient = (parameter.grad?.dataSync() as Float32Array) ?? new Float32Array(parameter.size);
  parameter.grad?.dispose();
  parameter.grad = null;
  return gradient;
};

const signOf = (gradient: Float32Array, size: number): Float32Array =>
  gradient.map((g) => size * Math.sign(g));

/**
 * One step: perturb against the loss by the sign of the gradient, then update the masks by gradient descent on the
 * mixed loss.
 */
function maskStep<Batch>(
  groups: readonly UnitGroup[],
  masks: readonly Tensor[],
  noise: readonly { weight: Tensor; bias: Tensor }[],
  {
    loss,
    perturbation,
    naturalShare,
  }: { loss(batch: Batch): Tensor; perturbation: number; naturalShare: number },
  batch: Batch,
): Float32Array[] {
  const factors = (isPerturbed: boolean): UnitFactors[] =>
    masks.map((mask, i) =>
      isPerturbed
        ? { weight: mask.add(noise[i]!.weight), bias: noise[i]!.bias.add(1) }
        : { weight: mask, bias: null },
    );
  const backward = (isPerturbed: boolean, share: number) =>
    tidy(() => {
      withFactors(groups, factors(isPerturbed), () => loss(batch).mul(share).backward());
    });
  for (const { weight, bias } of noise)
    for (const own of [weight, bias]) own.set(new Float32Array(own.size));
  backward(true, 1);
  for (const { weight, bias } of noise)
    for (const own of [weight, bias]) own.set(signOf(takeGradient(own), perturbation));
  for (const mask of masks) takeGradient(mask);
  backward(false, naturalShare);
  backward(true, 1 - naturalShare);
  for (const { weight, bias } of noise) for (const own of [weight, bias]) takeGradient(own);
  return masks.map(takeGradient);
}

/**
 * Adversarial neuron pruning: learns a mask in [0, 1] per unit that keeps the loss low while the units' weights and biases are
 * perturbed against it. Units that a backdoor uses are sensitive to it, and their masks decrease. The module's own
 * weights do not change.
 *
 * @param module gradients of its parameters are disabled during the call
 * @returns the mask of each group, [units]
 * @throws {PurifyError} `ERR_DATA` for no groups, `ERR_NOT_FINITE`; the signal's reason
 * @see Wu and Wang 2021, section 4 and the released code; there for batch norms of image models, here for feed-forward units and
 *   heads
 */
export async function adversarialMasks<Batch>(
  module: nn.Module,
  groups: readonly UnitGroup[],
  options: AdversarialMaskOptions<Batch>,
): Promise<Float32Array[]> {
  const {
    batch,
    loss,
    steps = 2000,
    lr = 0.2,
    momentum = 0.9,
    perturbation = 0.4,
    naturalShare = 0.2,
    onStep,
    signal,
    ...rest
  } = optionsOf("adversarialMasks", options);
  refuseUnknown("adversarialMasks", rest);
  if (groups.length === 0)
    throw new PurifyError("ERR_DATA", "fine-purify/adversarialMasks: there are no layers to prune");
  const sizes = groups.map(unitsOf);
  const masks = sizes.map((size) => leaf(ones([size])));
  const noise = sizes.map((size) => ({ weight: leaf(zeros([size])), bias: leaf(zeros([size])) }));
  const velocities = sizes.map((size) => new Float32Array(size));
  const before = [...module.namedTensors()].map(([, own]) => ({ own, wants: own.requiresGrad }));
  for (const { own } of before) if (own.dtype === "float32") own.requireGrad(false);
  try {
    for (let step = 0; step < steps; step++) {
      await takeTurn();
      signal?.throwIfAborted();
      const gradients = maskStep(
        groups,
        masks,
        noise,
        { loss, perturbation, naturalShare },
        batch(step),
      );
      noGrad(() => {
        for (const [i, mask] of masks.entries()) {
          const values = mask.dataSync() as Float32Array;
          const [velocity, gradient] = [velocities[i]!, gradients[i]!];
          for (let unit = 0; unit < values.length; unit++) {
            velocity[unit] = momentum * velocity[unit]! + gradient[unit]!;
            values[unit] = Math.min(1, Math.max(0, values[unit]! - lr * velocity[unit]!));
          }
          if (!values.every(Number.isFinite))
            throw new PurifyError(
              "ERR_NOT_FINITE",
              `fine-purify/adversarialMasks: a mask is NaN at step ${step}`,
            );
          mask.set(values);
        }
      });
      onStep?.(step + 1);
    }
    return masks.map((mask) => (mask.dataSync() as Float32Array).slice());
  } finally {
    for (const { own, wants } of before) if (own.dtype === "float32") own.requireGrad(wants);
    for (const own of [...masks, ...noise.flatMap(({ weight, bias }) => [weight, bias])])
      own.dispose();
  }
}

/**
 * Prunes the units whose mask is below a threshold: their weights become 0, their biases do not change.
 * @returns how many units were pruned
 */
export function pruneByMask(
  groups: readonly UnitGroup[],
  masks: readonly Float32Array[],
  threshold: number,
): number {
  let pruned = 0;
  for (const [i, group] of groups.entries()) {
    const units = [...masks[i]!.keys()].filter((unit) => masks[i]![unit]! < threshold);
    zeroUnits(group, units, { bias: false });
    pruned += units.length;
  }
  return pruned;
}

import type { NamedTensors, ReadonlyTensors } from "../../../federation/tensors/named-tensors";
import type { Dataset } from "../../data/dataset";
import { type HeadGradient, headGradient } from "../../local/class-gradients";
import type { PartInput } from "../../local/client-part";
import { headOf } from "../../local/heads";
import { addTo, type ExtraStep } from "../../local/train-local";
import { balancedGradient, matchNorm } from "./balanced-gradient";
import type { RedGrapeCompat } from "./settings";

/** The balanced step of a round. */
interface BalancedStep {
  /** η. */
  readonly lr: number;
  readonly lambda: number;
  /** |S_k|. */
  readonly ownClasses: number;
  /** The balanced batch: T rows of each of these classes. */
  readonly batch: Dataset | undefined;
  /** Mean prototype of the missing classes. */
  readonly missing: HeadGradient | undefined;
  readonly compat: RedGrapeCompat;
}

const parts = ["weight", "bias"] as const;

/** The gradient over the balanced batch at the current weights. */
async function realGradient(
  params: NamedTensors,
  left: ReadonlyTensors | undefined,
  { encoder, heads, random }: PartInput,
  batch: Dataset,
  compat: RedGrapeCompat,
): Promise<HeadGradient> {
  const rows = batch.labels.length;
  const pass = compat.balancedPassTrains
    ? await encoder.forward(params, batch.inputs, rows, random)
    : { features: await encoder.encode(params, batch.inputs, rows) };
  if ("buffers" in pass && pass.buffers)
    for (const [name, tensor] of pass.buffers) params.set(name, tensor);
  const real = headGradient(pass.features, batch.labels, headOf(params, heads.main, encoder.width));
  if (left) for (const part of parts) addTo(real[part], left.get(`${heads.main}.${part}`)!.data, 1);
  return real;
}

/**
 * After each step of SGD: `W := W − η·λ·Bal·‖g‖/‖Bal‖`, for weight and bias separately, without clipping or momentum. Bal is
 * the balanced gradient at the weights before the step, g the gradient of SGD before clipping.
 * @see RedGrape, equations 7 and 8
 */
export function balancedStep(input: PartInput, step: BalancedStep): ExtraStep {
  const { encoder, heads } = input;
  const { lr, lambda, ownClasses, batch, missing, compat } = step;
  const options = compat.bareNorms ? { epsilon: 0 } : {};
  return {
    takesLeftovers: batch !== undefined,
    prepare: async (params, left) => {
      const { classes } = headOf(params, heads.main, encoder.width);
      const real = batch && (await realGradient(params, left, input, batch, compat));
      const balanced = balancedGradient({ ownClasses, classes, real, missing });
      if (!balanced) return undefined;
      return (local) => {
        for (const part of parts) {
          const scaled = matchNorm(balanced[part], local[part], options);
          if (scaled) addTo(params.get(`${heads.main}.${part}`)!.data, scaled, -lr * lambda);
        }
      };
    },
  };
}

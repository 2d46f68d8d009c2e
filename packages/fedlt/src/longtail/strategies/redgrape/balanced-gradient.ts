import { optionsOf, refuseUnknown } from "../../../errors";
import { squaredNorm } from "../../../federation/tensors/tensor-math";
import type { HeadGradient } from "../../local/class-gradients";

/** The parts of the balanced gradient of a client's main head. */
export interface BalancedParts {
  /** |S_k|, the number of classes with at least T rows on this client. */
  readonly ownClasses: number;
  /** C, the number of classes. */
  readonly classes: number;
  /** The gradient over the balanced batch of real rows, if there is one. */
  readonly real?: HeadGradient | undefined;
  /** The mean prototype of the classes missing on this client, if there is one. */
  readonly missing?: HeadGradient | undefined;
}

const mix = (a: Float32Array, b: Float32Array, share: number): Float32Array =>
  a.map((value, i) => share * value + (1 - share) * b[i]!);

/**
 * The balanced gradient: (|S|·R + (C − |S|)·G_miss)/C; if only one of R and G_miss exists, that one; undefined if neither does.
 * @see RedGrape, equation 7
 */
export function balancedGradient({
  ownClasses,
  classes,
  real,
  missing,
}: BalancedParts): HeadGradient | undefined {
  if (!real || !missing) return real ?? missing;
  const share = ownClasses / classes;
  return {
    weight: mix(real.weight, missing.weight, share),
    bias: mix(real.bias, missing.bias, share),
  };
}

/**
 * `gradient` rescaled to the norm of `local`; undefined where its own norm is 0 or not finite.
 *
 * @param options.epsilon added to the divisor (default 1e-12; the released code uses 0)
 */
export function matchNorm(
  gradient: Float32Array,
  local: Float32Array,
  options: { epsilon?: number } = {},
): Float32Array | undefined {
  const { epsilon = 1e-12, ...rest } = optionsOf("matchNorm", options);
  refuseUnknown("matchNorm", rest);
  const norm = Math.sqrt(squaredNorm(gradient));
  if (norm === 0 || !Number.isFinite(norm)) return undefined;
  const scale = Math.sqrt(squaredNorm(local)) / (norm + epsilon);
  return gradient.map((value) => value * scale);
}

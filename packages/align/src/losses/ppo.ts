import { maximum, type Tensor, tensor, where } from "@deepgrain/tensor-gpu";
import { having, optionsOf, real, refuseUnknown, shape, whole } from "../errors";
import { maskedMean, maskTensor } from "./masked";

/** Numbers of {@link ppoPolicyLoss}, each [n × T] row-major, for `logps` of shape [n, T]. */
export interface PpoPolicyInputs {
  /** Under the policy, with gradient. */
  logps: Tensor;
  /** Under the sampling policy. */
  oldLogps: ArrayLike<number>;
  advantages: ArrayLike<number>;
  /** 1 for answer tokens. */
  mask: ArrayLike<number>;
}

/** A loss with the share of tokens that were clipped, both scalars; the share has no gradient. */
export interface ClippedLoss {
  loss: Tensor;
  clipFraction: Tensor;
}

const grid = (caller: string, name: string, list: ArrayLike<number>, like: Tensor): Tensor => {
  shape(caller, name, [list.length], [like.size]);
  return tensor(Float32Array.from(list), { shape: like.shape });
};

/** Share of marked positions where `clipped` is larger. */
const shareAbove = (clipped: Tensor, plain: Tensor, mask: Tensor): Tensor =>
  maskedMean(where(clipped.detach().gt(plain.detach()), 1, mask.mul(0)), mask);

/**
 * The clipped policy loss: the mean over answer tokens of max(−A·ρ, −A·clip(ρ, 1 − ε, 1 + ε)) with ρ = π/π_old.
 *
 * @param options.clip ε, at least 0. Default 0.2
 * @throws {AlignError} `ERR_SHAPE` when sizes differ; `ERR_RANGE` for ε out of range or a mask that marks nothing
 * @see Schulman et al. 2017 (PPO), equation 7
 */
export function ppoPolicyLoss(
  ppoPolicyInputs: PpoPolicyInputs,
  options: { clip?: number | undefined } = {},
): ClippedLoss {
  const { clip = 0.2, ...rest } = optionsOf("ppoPolicyLoss", options);
  refuseUnknown("ppoPolicyLoss", rest);
  const {
    logps,
    oldLogps,
    advantages,
    mask: marks,
  } = having("ppoPolicyLoss", "ppoPolicyInputs", ppoPolicyInputs, "logps", "oldLogps");
  real("ppoPolicyLoss", "clip", clip, { min: 0, max: 1 });
  const mask = maskTensor("ppoPolicyLoss", marks, logps);
  const gain = grid("ppoPolicyLoss", "advantages", advantages, logps).neg();
  const change = logps.sub(grid("ppoPolicyLoss", "oldLogps", oldLogps, logps));
  const ratio = where(mask.gt(0), change, 0).exp(); // Values in padding must not overflow.
  const [plain, clipped] = [
    ratio.mul(gain),
    ratio.clamp({ min: 1 - clip, max: 1 + clip }).mul(gain),
  ];
  return {
    loss: maskedMean(maximum(plain, clipped), mask),
    clipFraction: shareAbove(clipped, plain, mask),
  };
}

/** Numbers of {@link ppoValueLoss}, each [n × T] row-major, for `values` of shape [n, T]. */
export interface PpoValueInputs {
  /** Current values, with gradient. */
  values: Tensor;
  /** Values when the answers were sampled. */
  oldValues: ArrayLike<number>;
  /** From {@link generalizedAdvantages}. */
  returns: ArrayLike<number>;
  /** 1 for positions that count. */
  mask: ArrayLike<number>;
}

/**
 * The clipped value loss: half the mean over marked positions of the larger of (V − R)² and (clip(V, V_old ± c) − R)².
 *
 * @param options.clip c, at least 0. Default 0.2
 * @throws {AlignError} `ERR_SHAPE` when sizes differ; `ERR_RANGE` for c out of range or a mask that marks nothing
 */
export function ppoValueLoss(
  ppoValueInputs: PpoValueInputs,
  options: { clip?: number | undefined } = {},
): ClippedLoss {
  const { clip = 0.2, ...rest } = optionsOf("ppoValueLoss", options);
  refuseUnknown("ppoValueLoss", rest);
  const {
    values,
    oldValues,
    returns,
    mask: marks,
  } = having("ppoValueLoss", "ppoValueInputs", ppoValueInputs, "values", "oldValues");
  real("ppoValueLoss", "clip", clip, { min: 0 });
  const mask = maskTensor("ppoValueLoss", marks, values);
  const target = grid("ppoValueLoss", "returns", returns, values);
  const old = grid("ppoValueLoss", "oldValues", oldValues, values);
  const near = old.add(values.sub(old).clamp({ min: -clip, max: clip }));
  const [plain, clipped] = [values.sub(target).square(), near.sub(target).square()];
  return {
    loss: maskedMean(maximum(plain, clipped), mask).mul(0.5),
    clipFraction: shareAbove(clipped, plain, mask),
  };
}

/** Options of {@link adaptKlCoefficient}. */
export interface AdaptKlOptions {
  /** Target KL per answer, above 0. Default 6. */
  target?: number | undefined;
  /** Number of answers over which a constant error of 20 % changes the coefficient by 20 %. Default 10,000. */
  horizon?: number | undefined;
}

/**
 * The next weight of the KL penalty: coefficient·(1 + clip(KL/target − 1, ±0.2)·answers/horizon).
 *
 * @param kl measured mean KL per answer, finite
 * @param answers answers since the last update, at least 1
 * @throws {AlignError} `ERR_RANGE` for numbers out of range or NaN
 * @see Ziegler et al. 2019, section 2.2
 */
export function adaptKlCoefficient(
  coefficient: number,
  kl: number,
  answers: number,
  options: AdaptKlOptions = {},
): number {
  const { target = 6, horizon = 10_000, ...rest } = optionsOf("adaptKlCoefficient", options);
  refuseUnknown("adaptKlCoefficient", rest);
  const caller = "adaptKlCoefficient";
  real(caller, "coefficient", coefficient, { min: 0 });
  real(caller, "kl", kl);
  real(caller, "answers", answers, { min: 1 });
  real(caller, "target", target, { above: 0 });
  whole(caller, "horizon", horizon, { min: 1 });
  const error = Math.min(0.2, Math.max(-0.2, kl / target - 1));
  return coefficient * (1 + (error * answers) / horizon);
}

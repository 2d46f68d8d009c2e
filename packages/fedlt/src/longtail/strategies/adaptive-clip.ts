import { FedError, optionsOf, real, refuseUnknown } from "../../errors";
import { drawNormal } from "../../federation/random/draws";
import type { Random } from "../../federation/random/stream";
import type { ClientUpdate } from "../../federation/runtime/strategy";
import type { FitUpdate } from "../../federation/runtime/task";

/** Options by which `dpFedAvg` follows a quantile of the changes' norms. */
export interface AdaptiveClip {
  /** γ, the share of clients whose change is to lie within the norm. Default 0.5. */
  readonly quantile?: number | undefined;
  /** η_C: the norm is multiplied by e^(−η_C·(share within − γ)) after each round. Default 0.2. */
  readonly lr?: number | undefined;
  /** σ_b, the standard deviation of the noise on the count of changes within; above z/2. Default q·population/20, at least z. */
  readonly countNoise?: number | undefined;
}

/** The group by which a client reports whether its change lay within the norm, 1 or 0. */
export const WITHIN_CLIP = "within-clip";

/**
 * Fills in defaults and divides the privacy budget: the count, of sensitivity 1/2, and the sum together cost as much as one sum
 * with noise multiplier z, when the sum gets z_Δ = (z⁻² − (2σ_b)⁻²)^(−1/2).
 *
 * @param expected q·population
 * @returns the settings, and z_Δ as `sumNoise`
 * @throws {FedError} `ERR_RANGE`
 * @see Andrew et al. 2021, theorem 1
 */
export function completeAdaptiveClip(
  given: AdaptiveClip,
  mechanism: { noiseMultiplier: number; expected: number },
) {
  const {
    quantile = 0.5,
    lr = 0.2,
    countNoise: wanted,
    ...rest
  } = optionsOf("dpFedAvg: adaptiveClip", given);
  refuseUnknown("dpFedAvg: adaptiveClip", rest);
  const { noiseMultiplier: z, expected } = mechanism;
  const countNoise = wanted ?? Math.max(expected / 20, z);
  real("dpFedAvg: adaptiveClip", "quantile", quantile, { min: 0, max: 1 });
  real("dpFedAvg: adaptiveClip", "lr", lr, { above: 0 });
  if (z === 0) real("dpFedAvg: adaptiveClip", "countNoise", countNoise, { min: 0 });
  else real("dpFedAvg: adaptiveClip", "countNoise", countNoise, { above: z / 2 });
  const sumNoise = z === 0 ? 0 : 1 / Math.sqrt(1 / z ** 2 - 1 / (2 * countNoise) ** 2);
  return { quantile, lr, countNoise, sumNoise, expected };
}

/**
 * An update's report on its norm: 1 within, 0 above; under secure aggregation the mean over its clients. Another number is
 * moved into [0, 1], so that no client counts for more than one.
 *
 * @throws {FedError} `ERR_ARGUMENT` when it says nothing
 */
export function withinClip({ groups }: FitUpdate): number {
  const value = groups?.get(WITHIN_CLIP)?.get("values")?.data[0];
  if (value === undefined)
    throw new FedError(
      "ERR_ARGUMENT",
      `fedlt/dpFedAvg: clients must report the group ${WITHIN_CLIP}; this package's trainer does`,
    );
  return Math.min(1, Math.max(0, value));
}

/**
 * The norm of the next round, C·e^(−η_C·(b − γ)), where b = 1/2 + (Σ(b_k − 1/2) + N(0, σ_b²))/(q·population).
 *
 * @returns the norm and b, which may lie outside [0, 1]
 * @see Andrew et al. 2021, algorithm 1
 */
export function nextClip(
  clipNorm: number,
  updates: readonly ClientUpdate[],
  settings: ReturnType<typeof completeAdaptiveClip>,
  random: Random,
): { clipNorm: number; within: number } {
  const { quantile, lr, countNoise, expected } = settings;
  let sum = countNoise * drawNormal(random);
  for (const update of updates) sum += (update.clients ?? 1) * (withinClip(update) - 0.5);
  const within = 0.5 + sum / expected;
  return { clipNorm: clipNorm * Math.exp(-lr * (within - quantile)), within };
}

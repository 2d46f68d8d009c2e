import { FedError, oneOf, optionsOf, real, refuseUnknown, whole } from "../../errors";

/** A sampled Gaussian mechanism that is applied repeatedly. */
export interface GaussianMechanism {
  /** q, the probability that a client takes part in a round, 0 < q ≤ 1. */
  readonly samplingRate: number;
  /** σ, the noise's standard deviation over the clipping norm. */
  readonly noiseMultiplier: number;
}

/** How Rényi divergence is converted to (ε, δ). */
export type RdpConversion = "classic" | "improved";

/** Options of `privacySpent`. */
export interface PrivacyOptions extends GaussianMechanism {
  /** Number of rounds. */
  readonly steps: number;
  /** δ, between 0 and 1. */
  readonly delta: number;
  /** Rényi orders α > 1, whole numbers. Default 2 to 256. */
  readonly orders?: readonly number[] | undefined;
  /**
   * `"classic"`: RDP + ln(1/δ)/(α − 1); `"improved"`: RDP + ln((α − 1)/α) − (ln δ + ln α)/(α − 1), which is tighter.
   * Default `"classic"`.
   */
  readonly conversion?: RdpConversion | undefined;
}

/** A guarantee: (ε, δ)-differential privacy per client, and the order at which it is reached. */
export interface PrivacySpent {
  readonly epsilon: number;
  readonly order: number;
}

/** Orders 2 to 256. */
export const defaultOrders: readonly number[] = Array.from({ length: 255 }, (_, i) => i + 2);

/** ln(e^x − 1) for x > 0. */
const logExpm1 = (x: number): number =>
  x > 30 ? x + Math.log1p(-Math.exp(-x)) : Math.log(Math.expm1(x));

/**
 * Rényi divergence of one step at an integer order α:
 * ln( Σ_k C(α,k)(1 − q)^(α−k) q^k e^(k(k−1)/2σ²) )/(α − 1), and α/(2σ²) for q = 1.
 *
 * @throws {FedError} `ERR_RANGE`
 * @see Mironov, Talwar and Zhang 2019, section 3.3
 */
export function rdpOfStep(
  { samplingRate: q, noiseMultiplier: sigma }: GaussianMechanism,
  order: number,
): number {
  real("rdpOfStep", "samplingRate", q, { above: 0, max: 1 });
  real("rdpOfStep", "noiseMultiplier", sigma, { above: 0 });
  whole("rdpOfStep", "order", order, { min: 2 });
  if (q === 1) return order / (2 * sigma * sigma);
  // The binomial weights sum to 1 and the terms k = 0, 1 have factor e⁰, so the sum is 1 + Σ_{k≥2} weight·(e^x − 1).
  // Without the 1, small divergences keep their precision.
  const logs: number[] = [];
  let logBinomial = 0;
  for (let k = 1; k <= order; k++) {
    logBinomial += Math.log((order - k + 1) / k);
    if (k === 1) continue;
    const x = (k * (k - 1)) / (2 * sigma * sigma);
    logs.push(logBinomial + (order - k) * Math.log1p(-q) + k * Math.log(q) + logExpm1(x));
  }
  const largest = Math.max(...logs);
  const logSum = largest + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - largest), 0));
  return (
    (logSum > 30 ? logSum + Math.log1p(Math.exp(-logSum)) : Math.log1p(Math.exp(logSum))) /
    (order - 1)
  );
}

const convert: Record<RdpConversion, (rdp: number, order: number, delta: number) => number> = {
  classic: (rdp, order, delta) => rdp - Math.log(delta) / (order - 1),
  improved: (rdp, order, delta) =>
    rdp + Math.log((order - 1) / order) - (Math.log(delta) + Math.log(order)) / (order - 1),
};

/**
 * The privacy cost per client over all rounds of DP-FedAvg: the smallest ε over the orders.
 *
 * @returns ε ≥ 0 and the order at which it is reached
 * @throws {FedError} `ERR_RANGE` for arguments out of range, `ERR_ARGUMENT` without orders
 * @see Mironov 2017, proposition 3; Balle et al. 2020, theorem 21
 */
export function privacySpent(options: PrivacyOptions): PrivacySpent {
  const {
    samplingRate,
    noiseMultiplier,
    steps,
    delta,
    orders = defaultOrders,
    conversion = "classic",
    ...rest
  } = optionsOf("privacySpent", options);
  refuseUnknown("privacySpent", rest);
  real("privacySpent", "noiseMultiplier", noiseMultiplier, { above: 0 });
  oneOf("privacySpent", "conversion", conversion, ["classic", "improved"]);
  whole("privacySpent", "steps", steps, { min: 0 });
  real("privacySpent", "delta", delta, { above: 0, max: 1 });
  if (orders.length === 0)
    throw new FedError("ERR_ARGUMENT", "fedlt/privacySpent: there must be at least one order");
  const mechanism = { samplingRate, noiseMultiplier };
  let best: PrivacySpent = { epsilon: Infinity, order: orders[0]! };
  for (const order of orders) {
    const epsilon = convert[conversion](steps * rdpOfStep(mechanism, order), order, delta);
    if (epsilon < best.epsilon) best = { epsilon, order };
  }
  return { ...best, epsilon: Math.max(best.epsilon, 0) };
}

/**
 * The smallest noise multiplier that keeps ε at or below `epsilon`, to a relative precision of 1e-4 from above.
 * @throws {FedError} `ERR_RANGE` when no multiplier up to 10,000 suffices
 */
export function noiseFor(
  given: Omit<PrivacyOptions, "noiseMultiplier"> & { readonly epsilon: number },
): number {
  const { epsilon, samplingRate, steps, delta, orders, conversion, ...rest } = optionsOf(
    "noiseFor",
    given,
  );
  refuseUnknown("noiseFor", rest);
  const options = { samplingRate, steps, delta, orders, conversion };
  real("noiseFor", "epsilon", epsilon, { above: 0 });
  const isEnough = (noiseMultiplier: number) =>
    privacySpent({ ...options, noiseMultiplier }).epsilon <= epsilon;
  let high = 1;
  while (!isEnough(high)) {
    high *= 2;
    if (high > 1e4)
      throw new FedError(
        "ERR_RANGE",
        `fedlt/noiseFor: no noise multiplier up to 10,000 gives epsilon ${epsilon}`,
      );
  }
  let low = 1e-3;
  while (high / low > 1 + 1e-4) {
    const middle = Math.sqrt(low * high);
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

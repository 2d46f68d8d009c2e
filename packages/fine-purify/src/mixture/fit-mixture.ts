import { assertShare, optionsOf, PurifyError, real, refuseUnknown } from "../errors";

/** r̂ of clean weights is Gamma(½, 2·kClean), of poisonous ones Gamma(½, 2·kPoison); a share `pi` is clean. */
export interface Mixture {
  readonly pi: number;
  readonly kClean: number;
  readonly kPoison: number;
}

/** Values of r̂ from the smallest, each with its count; the default count is 1. */
export interface RankedValues {
  readonly values: ArrayLike<number>;
  readonly counts?: ArrayLike<number> | undefined;
}

/** Options of `fitMixture`. */
export interface FitMixtureOptions {
  /** Initial share of clean weights; it is kept without `em`. Default 0.5. */
  rho?: number | undefined;
  /** Whether expectation maximisation moves the share and both scales. Default false: one split at `rho`. */
  em?: boolean | undefined;
  /** Maximum number of rounds of `em`. Default 50; it stops when the share changes by less than 1e-4. */
  rounds?: number | undefined;
  /** Quantile at which r̂ is capped before means are computed, since its tail is heavy. Default 0.9999. */
  cap?: number | undefined;
}

interface Points {
  values: Float64Array;
  counts: Float64Array;
  total: number;
}

function cappedPoints({ values, counts }: RankedValues, cap: number): Points {
  const number = Float64Array.from({ length: values.length }, (_, i) => counts?.[i] ?? 1);
  const total = number.reduce((sum, n) => sum + n, 0);
  let [seen, place] = [0, 0];
  while (place < values.length - 1 && seen + number[place]! < cap * total) seen += number[place++]!;
  const most = values[place] ?? 0;
  return {
    values: Float64Array.from(values, (value) => Math.min(value, most)),
    counts: number,
    total,
  };
}

/** Means of the `keep` smallest values and of the others. */
function splitMeans({ values, counts, total }: Points, keep: number): [number, number] {
  let [low, high, left] = [0, 0, keep];
  for (let i = 0; i < values.length; i++) {
    const below = Math.min(left, counts[i]!);
    low += below * values[i]!;
    high += (counts[i]! - below) * values[i]!;
    left -= below;
  }
  return [low / keep, high / (total - keep)];
}

/**
 * The probability that a weight with indicator r is clean:
 * 1 / (1 + (1−π)/π · √(kClean/kPoison) · exp(r/2 · (1/kClean − 1/kPoison))), computed as a logistic function.
 *
 * @param r at least 0; Infinity gives 0
 * @throws {PurifyError} `ERR_RANGE` for a share outside [0, 1], an indicator or a scale below 0
 */
export function posterior(r: number, options: Mixture): number {
  const { pi, kClean, kPoison, ...rest } = optionsOf("posterior", options);
  refuseUnknown("posterior", rest, ["pi", "kClean", "kPoison"]);
  if (r !== Number.POSITIVE_INFINITY) real("posterior", "r", r, { min: 0 });
  assertShare("posterior", "pi", pi);
  real("posterior", "kClean", kClean, { min: 0 });
  real("posterior", "kPoison", kPoison, { min: 0 });
  return cleanShare(r, { pi, kClean, kPoison });
}

/** `posterior` without its checks, for every weight of a model. */
export function cleanShare(r: number, { pi, kClean, kPoison }: Mixture): number {
  if (pi === 1) return 1;
  if (pi === 0) return 0;
  if (kClean === 0) return r === 0 ? 1 : 0; // clean weights did not move at all
  const slope = 0.5 * (1 / kClean - 1 / kPoison);
  const logOdds =
    Math.log((1 - pi) / pi) +
    0.5 * (Math.log(kClean) - Math.log(kPoison)) +
    (r === 0 ? 0 : r * slope);
  return 1 / (1 + Math.exp(logOdds));
}

function maximise(points: Points, start: Mixture, rounds: number): Mixture {
  let mixture = start;
  for (let round = 0; round < rounds; round++) {
    let [clean, low, high] = [0, 0, 0];
    for (let i = 0; i < points.values.length; i++) {
      const gamma = cleanShare(points.values[i]!, mixture) * points.counts[i]!;
      clean += gamma;
      low += gamma * points.values[i]!;
      high += (points.counts[i]! - gamma) * points.values[i]!;
    }
    const next = {
      pi: clean / points.total,
      kClean: low / clean,
      kPoison: high / (points.total - clean),
    };
    const isSettled = Math.abs(next.pi - mixture.pi) < 1e-4;
    mixture = next;
    if (isSettled) break;
  }
  return mixture;
}

/**
 * Fits the two Gamma distributions of r̂. Without `em` the scales are the means of the ρ·n smallest values and of the others;
 * with it, all three numbers are then refined by expectation maximisation. The estimate of a scale is a mean, since
 * E[r] = k.
 *
 * @param ranked r̂ from the smallest, finite
 * @throws {PurifyError} `ERR_RANGE` for a share outside (0, 1); `ERR_DATA` for fewer than 2 values;
 *   `ERR_NO_SEPARATION` when kPoison/kClean is below 2
 * @see the derivation in the package's README, a reconstruction of Zhang et al. 2023
 */
export function fitMixture(ranked: RankedValues, options: FitMixtureOptions = {}): Mixture {
  const {
    rho = 0.5,
    em = false,
    rounds = 50,
    cap = 0.9999,
    ...rest
  } = optionsOf("fitMixture", options);
  refuseUnknown("fitMixture", rest);
  assertShare("fitMixture", "rho", rho);
  assertShare("fitMixture", "cap", cap);
  const points = cappedPoints(ranked, cap);
  const keep = rho * points.total;
  if (points.total < 2 || keep <= 0 || keep >= points.total)
    throw new PurifyError(
      points.total < 2 ? "ERR_DATA" : "ERR_RANGE",
      `fine-purify/fitMixture: two components need at least 2 values and a share between 0 and 1, got ${points.total} values and ${rho}`,
      { fields: { values: points.total, rho } },
    );
  const [kClean, kPoison] = splitMeans(points, keep);
  const start = { pi: rho, kClean, kPoison };
  const mixture = em ? maximise(points, start, rounds) : start;
  const ratio = mixture.kPoison / mixture.kClean;
  if (ratio >= 2) return mixture;
  throw new PurifyError(
    "ERR_NO_SEPARATION",
    `fine-purify/fitMixture: no separation found: the scales differ by a factor of ${ratio.toPrecision(3)}, at least 2 is needed`,
    { fields: { ...mixture } },
  );
}

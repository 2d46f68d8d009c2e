import { having, PrmError, real, whole } from "../errors";

/** The properties of a completer. */
export interface CompleterQuality {
  /** g: share of good steps, in (0, 1). */
  readonly goodShare: number;
  /** π: probability of the right answer from a good prefix, in (0, 1). */
  readonly goodHit: number;
  /** ρ: probability of the right answer from a bad prefix, in (0, 1) and below π. */
  readonly badHit: number;
}

function checkQuality(where: string, { goodShare, goodHit, badHit }: CompleterQuality): void {
  real(where, "goodShare", goodShare, { min: 1e-9, max: 1 - 1e-9 });
  real(where, "goodHit", goodHit, { min: 1e-9, max: 1 - 1e-9 });
  real(where, "badHit", badHit, { min: 1e-9, max: 1 - 1e-9 });
  if (badHit < goodHit) return;
  throw new PrmError(
    "ERR_RANGE",
    `${where}: badHit must be below goodHit, got ${badHit} and ${goodHit}: such labels say nothing`,
    { fields: { goodHit, badHit } },
  );
}

/**
 * The share of right hard labels with N completions: `g(1 − (1−π)^N) + (1−g)(1−ρ)^N`. More completions find more good
 * steps, but also accept more bad ones.
 *
 * @throws {PrmError} `ERR_RANGE` for shares outside (0, 1) or ρ ≥ π
 */
export function hardLabelAccuracy(n: number, quality: CompleterQuality): number {
  whole("hardLabelAccuracy", "n", n, { min: 1 });
  checkQuality("hardLabelAccuracy", quality);
  const { goodShare: g, goodHit, badHit } = quality;
  return g * (1 - (1 - goodHit) ** n) + (1 - g) * (1 - badHit) ** n;
}

/** A number of completions per step. */
export interface RecommendedN {
  /** The integer with the highest accuracy. */
  readonly n: number;
  /** N\*: the real number at which the accuracy is highest; below 1 where one completion is already optimal. */
  readonly peak: number;
  /** Share of right hard labels with `n`. */
  readonly accuracy: number;
}

/**
 * The number of completions per step that maximises the share of right hard labels: `N* = ln[(1−g)(−ln b) / (g(−ln a))]
 * / ln(a/b)` with a = 1 − π, b = 1 − ρ.
 *
 * @throws {PrmError} `ERR_RANGE` for shares outside (0, 1) or ρ ≥ π
 */
export function recommendN(quality: CompleterQuality): RecommendedN {
  having("recommendN", "quality", quality);
  checkQuality("recommendN", quality);
  const { goodShare: g, goodHit, badHit } = quality;
  const [logA, logB] = [Math.log1p(-goodHit), Math.log1p(-badHit)];
  const peak = Math.log(((1 - g) * -logB) / (g * -logA)) / (logA - logB);
  const below = Math.max(1, Math.floor(peak));
  const [x, y] = [below, below + 1].map((n) => hardLabelAccuracy(n, quality)) as [number, number];
  return x >= y ? { n: below, peak, accuracy: x } : { n: below + 1, peak, accuracy: y };
}

import { assertShare, listOf, PurifyError } from "../errors";

/** How well poisoned texts are separated from clean ones. */
export interface Detection {
  /** Share of clean texts that were rejected. */
  readonly frr: number;
  /** Share of poisoned texts that were accepted. */
  readonly far: number;
  /** Share of poisoned among rejected texts; null if none was rejected. */
  readonly precision: number | null;
  /** Share of poisoned texts that were rejected. */
  readonly recall: number;
}

/**
 * Error rates of a detector.
 * @param rejected per text, whether the detector classified it as poisoned
 * @param poisoned per text, whether it is
 * @throws {PurifyError} `ERR_SHAPE` for lengths that differ, `ERR_DATA` without clean or without poisoned texts
 */
export function detectionRates(
  rejected: readonly boolean[],
  poisoned: readonly boolean[],
): Detection {
  listOf("detectionRates", "rejected", rejected);
  if (rejected.length !== poisoned.length)
    throw new PurifyError(
      "ERR_SHAPE",
      `fine-purify/detectionRates: ${poisoned.length} decisions needed, got ${rejected.length}`,
    );
  const bad = poisoned.filter(Boolean).length;
  const good = poisoned.length - bad;
  if (bad === 0 || good === 0)
    throw new PurifyError(
      "ERR_DATA",
      "fine-purify/detectionRates: clean and poisoned texts are needed",
    );
  const caught = rejected.filter((is, i) => is && poisoned[i]).length;
  const wronged = rejected.filter((is, i) => is && !poisoned[i]).length;
  return {
    frr: wronged / good,
    far: 1 - caught / bad,
    precision: caught + wronged === 0 ? null : caught / (caught + wronged),
    recall: caught / bad,
  };
}

/**
 * The threshold below which a share `frr` of clean scores falls: texts that score lower are rejected.
 * @throws {PurifyError} `ERR_DATA` for no scores, `ERR_RANGE` for a share outside [0, 1]
 */
export function rejectionThreshold(cleanScores: readonly number[], frr: number): number {
  if (cleanScores.length === 0)
    throw new PurifyError("ERR_DATA", "fine-purify/rejectionThreshold: there are no clean scores");
  assertShare("rejectionThreshold", "frr", frr);
  const sorted = [...cleanScores].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(frr * sorted.length))]!;
}

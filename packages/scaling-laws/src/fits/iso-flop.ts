import { listOf, optionsOf, refuseUnknown, ScalingLawsError, whole } from "../errors";
import type { LossLaw, PowerLaw } from "../law/law";
import { checkRuns, type Run } from "../runs/run";
import { groupByBudget } from "./budgets";
import { optimaOf, pointLaw } from "./point-law";
import { fitProfile, type Profile, profileData } from "./profile";

/** Which budgets and profiles count. */
export interface ProfileOptions {
  /** Usable budgets that an allocation needs, at least 2 (default 5). */
  minBudgets?: number | undefined;
  /** Different model sizes that a profile needs, at least 4 (default 4). */
  minSizes?: number | undefined;
  /** Runs whose FLOPs differ by at most this share have one budget (default 0.05). */
  budgetTolerance?: number | undefined;
}

/** The IsoFLOP profiles and what they say. */
export interface IsoFlopFit {
  profiles: Profile[];
  /** Model scale and tokens over C, in the unit of the runs' `model`. */
  allocation: { model: PowerLaw<number>; data: PowerLaw<number> };
  /** Loss at the optimum over C. */
  loss: LossLaw<number>;
}

/** @throws {ScalingLawsError} `ERR_RANGE` for limits that no fit can keep */
export function checkProfileOptions(where: string, minBudgets: number, minSizes: number): void {
  whole(where, "minBudgets", minBudgets, { min: 2 });
  whole(where, "minSizes", minSizes, { min: 4 }); // a parabola has three parameters, and the noise needs one more
}

/**
 * The IsoFLOP profiles of a table, lowest budget first: per budget a parabola of loss in log model scale. Profiles that
 * open downwards, have their vertex outside the sizes that were run, or have too few sizes are flagged in `status`.
 *
 * @param runs at each size the best batch and learning rate count, seeds are averaged
 * @throws {ScalingLawsError} `ERR_RANGE`, `ERR_ARGUMENT` for bad runs or options
 * @see DeepSeek-AI 2024 (DeepSeek LLM), section 3.2; Hoffmann et al. 2022, approach 2
 */
export function isoFlopProfiles(
  runs: readonly Run[],
  options: Omit<ProfileOptions, "minBudgets"> = {},
): Profile[] {
  const { minSizes = 4, budgetTolerance = 0.05, ...rest } = optionsOf("isoFlopProfiles", options);
  refuseUnknown("isoFlopProfiles", rest);
  checkRuns("isoFlopProfiles", runs);
  checkProfileOptions("isoFlopProfiles", 2, minSizes);
  return groupByBudget(runs, { tolerance: budgetTolerance }).map((group) =>
    fitProfile(profileData(group), minSizes),
  );
}

/** The reason why there is no allocation, as a sentence; undefined if nothing is missing. */
export function missingProfiles(
  profiles: readonly Profile[],
  minBudgets: number,
  minSizes: number,
): string | undefined {
  const usable = optimaOf(profiles).length;
  if (usable >= minBudgets) return undefined;
  const flagged = profiles.filter(({ status }) => status !== "ok");
  const reasons = flagged.map(
    ({ budget, status, loss }) => `${budget.toPrecision(3)} FLOPs: ${status}, ${loss.length} sizes`,
  );
  const left = reasons.length > 0 ? ` (left out: ${reasons.join("; ")})` : "";
  return `${usable} of ${profiles.length} budgets have a usable profile, ${minBudgets} are needed (minBudgets); a profile needs ${minSizes} or more model sizes at equal FLOPs with the lowest loss among them${left}`;
}

/**
 * Fits the compute-optimal allocation to IsoFLOP profiles: `M* = k·C^a` and `D* = k'·C^b` through the vertices by least
 * squares of logarithms, and the loss at the vertices over C.
 *
 * @throws {ScalingLawsError} `ERR_TOO_FEW` saying which budgets are missing or left out; `ERR_RANGE`, `ERR_ARGUMENT` for
 *   bad runs or options
 * @see DeepSeek-AI 2024 (DeepSeek LLM), section 3.2, equation 4; Hoffmann et al. 2022, section 3.2
 */
export function fitIsoFlop(runs: readonly Run[], options: ProfileOptions = {}): IsoFlopFit {
  listOf("fitIsoFlop", "runs", runs);
  const {
    minBudgets = 5,
    minSizes = 4,
    budgetTolerance = 0.05,
    ...rest
  } = optionsOf("fitIsoFlop", options);
  refuseUnknown("fitIsoFlop", rest);
  checkProfileOptions("fitIsoFlop", minBudgets, minSizes);
  const profiles = isoFlopProfiles(runs, { minSizes, budgetTolerance });
  const missing = missingProfiles(profiles, minBudgets, minSizes);
  const { allocation, loss } = pointLaw({ profiles, batchGrids: [], rateGrids: [] }, 0);
  if (missing !== undefined || !allocation || !loss)
    throw new ScalingLawsError("ERR_TOO_FEW", `scaling-laws/fitIsoFlop: ${missing}`, {
      fields: { budgets: profiles.length, usable: optimaOf(profiles).length, minBudgets },
    });
  return { profiles, allocation, loss };
}

import { LabError } from "../errors";
import { holm } from "../statistics/holm";
import { equivalence, estimate, pairedDifference } from "../statistics/paired-difference";
import type { Quantity } from "../study/quantity";
import { type Claim, type StudyRuns, valuesOf } from "../study/runs";
import { claimsOf, type Study, variantsOf } from "../study/study";
import { causeOf, type JudgedClaim, type Judgement, outcomeOf } from "./verdict";

/** How claims are judged. */
export interface JudgeOptions {
  /**
   * `holm` (default) judges by p adjusted for all claims of the study, so that the chance of any false verdict is at most
   * 5 %; `none` judges each claim alone, by its own interval.
   */
  correction?: "holm" | "none";
}

type Tested = Omit<JudgedClaim, "adjustedP" | "outcome" | "cause">;

/** Measures and tests a claim; null where no seed has both sides. */
function test<S, R>(
  { lower, higher, margin, paper, experiment = "", scope = "" }: Claim<R, S>,
  runs: StudyRuns<S, R>,
  names: ReadonlyMap<string, string>,
): Tested | null {
  const [low, high] = [valuesOf(lower, runs), valuesOf(higher, runs)];
  const seeds = [...low.keys()].filter((seed) => high.has(seed));
  if (seeds.length === 0) return null;
  const at = (values: ReadonlyMap<number, number>) => seeds.map((seed) => values.get(seed)!);
  const side = ({ measure, subject, variants }: Quantity<R, S>, values: readonly number[]) => {
    const own = subject ?? variants.map((id) => names.get(id)).join(" and ");
    return { measure, subject: own, variants, ...estimate(values) };
  };
  const difference = pairedDifference(at(low), at(high));
  const tested = margin === undefined ? null : equivalence(difference, margin);
  return {
    experiment,
    scope,
    lower: side(lower, at(low)),
    higher: side(higher, at(high)),
    difference,
    equivalence: tested,
    p: tested?.p != null ? Math.min(tested.p, tested.beyondP!) : difference.p,
    paper,
  };
}

/**
 * Judges the claims of a study by its runs: paired t-tests for orderings, two one-sided t-tests for equalities, at 5 %.
 * Claims of experiments that were not asked for are left out, and so are those that no seed has both sides of.
 *
 * @throws {LabError} `ERR_ARGUMENT` for runs of another study; `ERR_RANGE` for a measured value that is not finite
 */
export function judge<S, R>(
  study: Study<S, R>,
  runs: StudyRuns<S, R>,
  { correction = "holm" }: JudgeOptions = {},
): Judgement {
  if (runs.study !== study.name) {
    const message = `lab/judge: these are runs of "${runs.study}", expected "${study.name}"`;
    throw new LabError("ERR_ARGUMENT", message, { fields: { study: runs.study } });
  }
  const names = new Map(variantsOf(study, runs.settings).map(({ id, name = id }) => [id, name]));
  const tested = claimsOf(study, runs.settings)
    .filter(({ experiment }) => experiment === undefined || runs.experiments.includes(experiment))
    .flatMap((claim) => {
      const own = test(claim, runs, names);
      return own === null ? [] : [{ ...own, ifReversed: claim.ifReversed ?? "" }];
    });
  const adjusted = holm(tested.flatMap(({ p }) => p ?? [])).values();
  const claims = tested.map(({ ifReversed, ...own }): JudgedClaim => {
    const adjustedP = own.p === null ? null : adjusted.next().value!; // one seed has no p, and does not count
    const all = { ...own, adjustedP };
    const outcome = outcomeOf(all, correction === "holm" ? adjustedP : own.p);
    const reason = typeof ifReversed === "string" ? ifReversed : ifReversed(runs);
    return { ...all, outcome, cause: causeOf(outcome, all, reason) };
  });
  return { study: study.name, correction, claims };
}

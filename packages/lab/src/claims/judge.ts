import { LabError } from "../errors";
import { estimate } from "../statistics/estimate";
import { holm } from "../statistics/holm";
import { equivalence, pairedDifference } from "../statistics/paired-difference";
import type { Claim } from "../study/claim";
import type { Quantity } from "../study/quantity";
import { type StudyRuns, valuesOf } from "../study/runs";
import { claimsOf, type Study, variantsOf } from "../study/study";
import type { JudgedClaim, Judgement } from "./judgement";
import { causeOf, outcomeOf } from "./verdict";

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

/** Holm's adjusted p; null stays null and does not count. */
function adjust(values: readonly (number | null)[]): (number | null)[] {
  const adjusted = holm(values.filter((p) => p !== null)).values();
  return values.map((p) => (p === null ? null : adjusted.next().value!));
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
  const measured = claimsOf(study, runs.settings)
    .filter(({ experiment }) => experiment === undefined || runs.experiments.includes(experiment))
    .map((claim) => ({ claim, own: test(claim, runs, names) }))
    .filter((one): one is { claim: Claim<R, S>; own: Tested } => one.own !== null);
  const adjusted = adjust(measured.map(({ own }) => own.p));
  const claims = measured.map(({ own, claim: { ifReversed = "" } }, i): JudgedClaim => {
    const tested = { ...own, adjustedP: adjusted[i]! };
    const outcome = outcomeOf(tested, correction === "holm" ? tested.adjustedP : tested.p);
    const reason = typeof ifReversed === "string" ? ifReversed : ifReversed(runs);
    return { ...tested, outcome, cause: causeOf(outcome, tested, reason) };
  });
  return { study: study.name, correction, claims };
}

import { fail, oneOf, optionsOf, refuseUnknown } from "../errors";
import { holm } from "../statistics/holm";
import { equivalence, estimate, pairedDifference } from "../statistics/paired-difference";
import { claimsOf, variantsOf } from "../study/check-study";
import { type Claim, type Quantity, type StudyRuns, valuesOf } from "../study/runs";
import type { Study } from "../study/study";
import { type JudgedClaim, type Judgement, outcomeOf, spreadCause } from "./verdict";

/** How claims are judged. */
export interface JudgeOptions {
  /**
   * `holm` (default) judges by p adjusted for all claims of the study, so that the chance of any false verdict is at most
   * 5 %; `none` judges each claim alone, by its own interval.
   */
  correction?: "holm" | "none" | undefined;
}

const OPTIONS: readonly (keyof JudgeOptions)[] = ["correction"];

/** Measures and tests a claim; nothing where no seed has both sides. */
function test<S, R>(
  { lower, higher, margin, paper, experiment = "", scope = "" }: Claim<R, S>,
  runs: StudyRuns<S, R>,
  names: ReadonlyMap<string, string>,
): Omit<JudgedClaim, "adjustedP" | "outcome" | "cause"> | undefined {
  const [low, high] = [valuesOf(lower, runs), valuesOf(higher, runs)];
  const seeds = [...low.keys()].filter((seed) => high.has(seed));
  if (seeds.length === 0) return undefined;
  const [lows, highs] = [low, high].map((all) => seeds.map((seed) => all.get(seed)!));
  const sideOf = ({ measure, subject, variants }: Quantity<R, S>, values: readonly number[]) => {
    const own = subject ?? variants.map((id) => names.get(id)).join(" and ");
    return { measure, subject: own, variants, ...estimate(values) };
  };
  const difference = pairedDifference(lows!, highs!);
  const tested = margin === undefined ? null : equivalence(difference, margin);
  return {
    experiment,
    scope,
    lower: sideOf(lower, lows!),
    higher: sideOf(higher, highs!),
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
  options: JudgeOptions = {},
): Judgement {
  const { correction = "holm", ...rest } = optionsOf("judge", options);
  refuseUnknown("judge", rest, OPTIONS);
  oneOf("judge", "correction", correction, ["holm", "none"]);
  if (runs.study !== study.name) {
    const message = `lab/judge: these are runs of "${runs.study}", expected "${study.name}"`;
    fail("ERR_ARGUMENT", message, { study: runs.study });
  }
  const names = new Map(variantsOf(study, runs.settings).map(({ id, name = id }) => [id, name]));
  const tested = claimsOf(study, runs.settings)
    .filter(({ experiment }) => experiment === undefined || runs.experiments.includes(experiment))
    .flatMap((claim) => {
      const own = test(claim, runs, names);
      return own ? [{ own, ifReversed: claim.ifReversed ?? "" }] : [];
    });
  const adjusted = holm(tested.flatMap(({ own }) => own.p ?? [])).values();
  const claims = tested.map(({ own, ifReversed }): JudgedClaim => {
    const adjustedP = own.p === null ? null : adjusted.next().value!; // one seed has no p, and does not count
    const all = { ...own, adjustedP };
    const outcome = outcomeOf(all, correction === "holm" ? adjustedP : own.p);
    if (outcome === "not resolved") return { ...all, outcome, cause: spreadCause(all) };
    const reason = typeof ifReversed === "string" ? ifReversed : ifReversed(runs);
    const isPublished = outcome === "resolved" || outcome === "equal";
    return { ...all, outcome, cause: isPublished ? "" : reason };
  });
  return { study: study.name, correction, claims };
}

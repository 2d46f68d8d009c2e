import { fail, having, optionsOf, refuseUnknown } from "../errors";
import { benjaminiHochberg } from "../statistics/benjamini-hochberg";
import { claimsOf, variantsOf } from "../study/check-study";
import { judgeGate } from "../study/gate";
import type { Claim, StudyRuns } from "../study/runs";
import type { Study } from "../study/study";
import { causeOf } from "./cause";
import { decide, leastP } from "./conclusions";
import { type Measured, measureClaim } from "./measure-claim";
import type { JudgedClaim, Judgement } from "./verdict";

/** How claims are judged. */
export interface JudgeOptions {
  /** Whether primary claims get an outcome. False shows effects alone, as for a size too small to decide. Default true. */
  verdicts?: boolean | undefined;
}

interface Tested<R, S> extends Measured {
  claim: Claim<R, S>;
}

function judgedClaim<S, R>({ claim, ...measured }: Tested<R, S>): JudgedClaim {
  const { experiment = "", scope = "", relation = "<", margin = null, primary = null } = claim;
  const { lower, higher, difference, failures } = measured;
  return {
    experiment,
    scope,
    lower,
    relation,
    higher,
    margin,
    better: claim.better ?? null,
    difference,
    failures,
    primary,
    p: difference.p,
    adjustedP: null,
    q: null,
    outcome: null,
    paper: claim.paper,
    cause: "",
  };
}

/** Primary claims: Holm's correction over all of them; those whose seeds tell nothing count with p = 1. */
function judgePrimaries<S, R>(
  tested: readonly Tested<R, S>[],
  runs: StudyRuns<S, R>,
  hasVerdicts: boolean,
): JudgedClaim[] {
  const decisions = decide(tested.map(({ conclusions }) => conclusions));
  return tested.map((one, i) => {
    const { conclusions, claim } = one;
    const own = { ...judgedClaim(one), p: conclusions && leastP(conclusions) };
    if (!hasVerdicts) return own;
    const { outcome, adjustedP, level } = decisions[i]!;
    const difference = { ...own.difference, level, interval: one.intervalAt(level) };
    const all = { ...own, difference, adjustedP: conclusions && adjustedP, outcome };
    const { ifReversed = "" } = claim;
    const reason = typeof ifReversed === "string" ? ifReversed : ifReversed(runs);
    return { ...all, cause: causeOf(all, reason) };
  });
}

/** Secondary claims: each by itself, with q over those that have a p. */
function judgeSecondaries<S, R>(tested: readonly Tested<R, S>[]): JudgedClaim[] {
  const claims = tested.map(judgedClaim);
  const q = benjaminiHochberg(claims.flatMap(({ p }) => p ?? [])).values();
  return claims.map((claim) => (claim.p === null ? claim : { ...claim, q: q.next().value! }));
}

/**
 * Measures the claims of a study by its runs, and judges the primary ones together, so that the chance of any false outcome
 * among them is at most 5 % (Holm's correction). Differences are paired by seed: Student's t, or a crossed bootstrap over seeds
 * and items where the seeds share items; a rank correlation has a bootstrap over its pairs. The interval of a primary claim has the level at which Holm's correction decided it. A number that a seed lacks is a failure of the claim at that seed. Fewer than three
 * seeds, or seeds whose differences do not vary, decide nothing. Claims of experiments that were not asked for are left out.
 *
 * @returns the primary claims, then the secondary ones, which have no outcome; the gates of a study that has some
 * @throws {LabError} `ERR_ARGUMENT` for runs of another study; `ERR_RANGE` for a measured value that is not finite
 */
export function judge<S, R>(
  study: Study<S, R>,
  runs: StudyRuns<S, R>,
  options: JudgeOptions = {},
): Judgement {
  const { verdicts = true, ...rest } = optionsOf("judge", options);
  refuseUnknown("judge", rest);
  having("judge", "study", study, "name", "title");
  if (runs.study !== study.name) {
    const message = `lab/judge: these are runs of "${runs.study}", expected "${study.name}"`;
    fail("ERR_ARGUMENT", message, { study: runs.study });
  }
  const names = new Map(variantsOf(study, runs.settings).map(({ id, name = id }) => [id, name]));
  const tested = claimsOf(study, runs.settings)
    .filter(({ experiment }) => experiment === undefined || runs.experiments.includes(experiment))
    .flatMap((claim): Tested<R, S>[] => {
      const measured = measureClaim(claim, runs, names);
      return measured ? [{ claim, ...measured }] : [];
    });
  const primary = tested.filter(({ claim }) => claim.primary !== undefined);
  const secondary = tested.filter(({ claim }) => claim.primary === undefined);
  const primaries = judgePrimaries(primary, runs, verdicts);
  const secondaries = judgeSecondaries(secondary);
  if (!study.gates) return { study: study.name, claims: [...primaries, ...secondaries] };
  const gates = study.gates.map((gate) => judgeGate(gate, runs));
  const gate = gates.map(({ state }) => state).find((state) => state !== "met");
  const own = gate === undefined ? primaries : primaries.map((claim) => ({ ...claim, gate }));
  return { study: study.name, claims: [...own, ...secondaries], gates };
}

import {
  type Estimate,
  estimate,
  isResolved,
  type PairedDifference,
  pairedDifference,
} from "../../experiments/judging/paired-statistics";
import { causeOf, type Verdict, verdictOf } from "../../experiments/judging/verdict";
import { type Claim, type ExperimentId, measureOf, type Quantity } from "./claims";
import type { TrainingResult } from "./training-result";

/** A claim with what was measured. */
export interface Judged extends Omit<Claim, "lower" | "higher"> {
  lower: Quantity & Estimate;
  higher: Quantity & Estimate;
  /** Higher minus lower, of the same seeds. */
  difference: PairedDifference;
  verdict: Verdict;
  /** Why it may have come out otherwise than published; empty where it did not. */
  cause: string;
}

/** Tokens a parameter that the paper's comparison read: 100 billion for 2.0 billion. */
const PAPER_TOKENS_PER_PARAMETER = 50;

/** Why it may come out otherwise than published. */
function shortTraining(tokensPerParameter: number, ifReversed?: string): string {
  const short = `training was short: ${tokensPerParameter.toPrecision(2)} tokens a parameter, the paper's had ${PAPER_TOKENS_PER_PARAMETER}`;
  return ifReversed === undefined ? short : `${short}; ${ifReversed}`;
}

/** A measure of a variant by seed. */
function bySeed(results: readonly TrainingResult[], { variant, measure }: Quantity) {
  const entries = results
    .filter((result) => result.variant === variant)
    .flatMap((result) => {
      const value = measureOf(result, measure);
      return value === null ? [] : [[result.seed, value] as const];
    });
  return new Map(entries);
}

/** The values of two quantities at the seeds that both have. */
export function pairs(
  results: readonly TrainingResult[],
  lower: Quantity,
  higher: Quantity,
): { lower: number[]; higher: number[] } {
  const [low, high] = [bySeed(results, lower), bySeed(results, higher)];
  const seeds = [...low.keys()].filter((seed) => high.has(seed)).sort((a, b) => a - b);
  return {
    lower: seeds.map((seed) => low.get(seed)!),
    higher: seeds.map((seed) => high.get(seed)!),
  };
}

/**
 * Judges claims by the trainings at hand; a claim that no seed has both sides of is left out.
 * @param options.tokensRead in each training
 */
export function judgeClaims(
  claims: readonly Claim[],
  results: readonly TrainingResult[],
  { tokensRead }: { tokensRead: number },
): Judged[] {
  return claims.flatMap((claim) => {
    const values = pairs(results, claim.lower, claim.higher);
    if (values.lower.length === 0) return [];
    const difference = pairedDifference(values.lower, values.higher);
    const verdict = verdictOf(difference, claim.isEqual === true);
    const { parameters } = results.find(({ variant }) => variant === claim.lower.variant)!;
    return [
      {
        ...claim,
        lower: { ...claim.lower, ...estimate(values.lower) },
        higher: { ...claim.higher, ...estimate(values.higher) },
        difference,
        verdict,
        cause: causeOf(
          verdict,
          difference,
          shortTraining(tokensRead / parameters, claim.ifReversed),
        ),
      },
    ];
  });
}

/** How much of the way from GShard to the dense upper bound DeepSeekMoE goes. */
export interface GapClosed {
  /** (GShard − DeepSeekMoE)/(GShard − Dense×N) of the mean losses. */
  share: number;
  /** Whether Dense×N is lower than GShard beyond doubt; otherwise the share says nothing. */
  hasGap: boolean;
  /** (1.867 − 1.808)/(1.867 − 1.806). */
  paper: number;
}

/** Experiment A-4's summary; null without its trainings. */
export function gapClosed(
  results: readonly TrainingResult[],
  experiments: readonly ExperimentId[],
): GapClosed | null {
  if (!experiments.includes("A-4")) return null;
  const loss = (variant: string): Quantity => ({ variant, measure: "loss" });
  const way = pairs(results, loss("dense-all"), loss("gshard"));
  const gone = pairs(results, loss("deepseek-moe"), loss("gshard"));
  if (way.lower.length === 0 || gone.lower.length === 0) return null;
  const whole = pairedDifference(way.lower, way.higher);
  const share = pairedDifference(gone.lower, gone.higher).mean / whole.mean;
  return {
    share,
    hasGap: isResolved(whole) && whole.mean > 0,
    paper: (1.867 - 1.808) / (1.867 - 1.806),
  };
}

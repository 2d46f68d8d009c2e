import { having, optionsOf, real, refuseUnknown } from "../errors";
import { evaluateLaw, extrapolationFactor } from "../law/evaluate";
import { type Law, mapLaw, type PointLaw, type Quantity } from "../law/law";
import { centralInterval } from "../statistics/quantile";

/** How a plan is made. */
export interface PlanOptions {
  /** Draws of the fit (`fitReport().draws`): the plan's intervals come from them. Without them all bounds are null. */
  draws?: readonly PointLaw[] | undefined;
  /** Level of the intervals (default 0.95). */
  confidence?: number | undefined;
  /** Training sequence length in tokens: rounds the batch to whole sequences and the tokens to whole steps. */
  sequenceLength?: number | undefined;
  /** Lowest and highest budget that the law was fitted to. */
  fittedRange?: readonly [number, number] | undefined;
}

const OPTIONS: readonly (keyof PlanOptions)[] = [
  "draws",
  "confidence",
  "sequenceLength",
  "fittedRange",
];

/** Whole numbers to train with. */
export interface Steps {
  batchSequences: number;
  batchTokens: number;
  steps: number;
  /** batchTokens · steps. */
  tokens: number;
}

/** The training to run with a budget. Parts that the law lacks are null. */
export interface Plan {
  flops: number;
  /** Model scale M, non-embedding FLOPs per token. */
  model: Quantity | null;
  tokens: Quantity | null;
  batchTokens: Quantity | null;
  /** Peak of the multi-step schedule. */
  learningRate: Quantity | null;
  /** Expected loss at the optimum, without the noise of a single run. */
  loss: Quantity | null;
  /** Null without `sequenceLength`, tokens or batch. */
  steps: Steps | null;
  /** How far the budget lies outside `fittedRange`: 1 inside, else the factor to its nearer end; null without a range. */
  extrapolation: number | null;
}

/**
 * Rounds a batch to whole sequences and the tokens to whole steps, at least one of each.
 * @param tokens training tokens
 * @param batchTokens tokens per batch
 * @param sequenceLength tokens of a sequence
 */
export function wholeSteps(tokens: number, batchTokens: number, sequenceLength: number): Steps {
  real("wholeSteps", "tokens", tokens);
  const batchSequences = Math.max(1, Math.round(batchTokens / sequenceLength));
  const batch = batchSequences * sequenceLength;
  const steps = Math.max(1, Math.round(tokens / batch));
  return { batchSequences, batchTokens: batch, steps, tokens: steps * batch };
}

/**
 * Plans a budget: the compute-optimal model scale and tokens, batch, peak learning rate and expected loss.
 *
 * @param flops training FLOPs C, above 0
 * @param law of `fitRuns`, `parseLaw` or `publishedLaws`
 * @returns quantities with the central interval over `draws`. The intervals of a law's own numbers cannot be used for
 *   that, as coefficient and exponent depend on each other.
 * @throws {ScalingLawsError} `ERR_RANGE` for a budget or sequence length that is not finite and above 0 or a confidence
 *   outside (0, 1)
 * @see DeepSeek-AI 2024 (DeepSeek LLM), section 3
 */
export function plan(flops: number, law: Law, options: PlanOptions = {}): Plan {
  having("plan", "law", law, "allocation");
  const {
    draws = [],
    confidence = 0.95,
    sequenceLength,
    fittedRange,
    ...rest
  } = optionsOf("plan", options);
  refuseUnknown("plan", rest, OPTIONS);
  real("plan", "flops", flops, { above: 0 });
  if (sequenceLength !== undefined) real("plan", "sequenceLength", sequenceLength, { above: 0 });
  real("plan", "confidence", confidence, { above: 0, below: 1 });
  const point = evaluateLaw(
    mapLaw(law, ({ value }) => value),
    flops,
  );
  const drawn = draws.map((draw) => evaluateLaw(draw, flops));
  const quantity = (key: keyof typeof point): Quantity | null => {
    const value = point[key];
    if (value === null) return null;
    const values = drawn.map((one) => one[key]).filter((one): one is number => one !== null);
    if (values.length === 0) return { value, lower: null, upper: null };
    return { value, ...centralInterval(values, confidence) };
  };
  const canRound =
    sequenceLength !== undefined && point.tokens !== null && point.batchTokens !== null;
  return {
    flops,
    model: quantity("model"),
    tokens: quantity("tokens"),
    batchTokens: quantity("batchTokens"),
    learningRate: quantity("learningRate"),
    loss: quantity("loss"),
    steps: canRound ? wholeSteps(point.tokens!, point.batchTokens!, sequenceLength) : null,
    extrapolation: fittedRange ? extrapolationFactor(flops, fittedRange) : null,
  };
}

import { AlignError, optionsOf, refuseUnknown, whole } from "../errors";
import type { LogitModel } from "../logps";
import type { AdvantageOptions } from "../losses/advantages";
import { checkGrpoOptions, type GrpoOptions } from "../losses/grpo";
import { type AlignConfig, ownOptions } from "./config";
import { checkEvaluation, type PolicyEvaluation } from "./evaluate-policy";
import { checkIterations, type IterationOptions } from "./iterations";
import { checkRewards, type NamedRewards } from "./named-rewards";
import type { RewardFunction } from "./rewards";
import type { RolloutLog } from "./rollout-log";
import type { SampleOptions } from "./rollouts";

/** Options of {@link grpo}. `batchSize` counts prompts per round of sampling (default 8). */
export interface GrpoConfig
  extends AlignConfig,
    Omit<GrpoOptions, "maxCompletionLength">,
    Omit<AdvantageOptions, "epsilon">,
    Omit<SampleOptions, "seed" | "signal"> {
  /**
   * One number per answer (outcome supervision), or the rewards of its steps (process supervision); or several outcome rewards
   * by name with weights, whose sum is trained on. The rewards of steps need `ratioLevel` `"token"`.
   */
  reward: RewardFunction | NamedRewards;
  /** A second model. Default: the policy without `lora`; none is needed with `beta` 0. */
  reference?: LogitModel | undefined;
  /** Updates per sampling, μ. Above 1 the ratio to the sampling policy is clipped, and `gradientAccumulation` must be 1. Default 1. */
  updates?: number | undefined;
  /** Whether answers that reached the maximum length are left out of the loss; they stay in their group's mean. Default false. */
  maskTruncated?: boolean | undefined;
  /** Held-out prompts that are answered and measured during training. */
  evaluation?: PolicyEvaluation | undefined;
  /** Replaces the reference, and lets the reward learn, every few rounds. */
  iterations?: IterationOptions | undefined;
  /** Receives every sampled answer with its reward and advantage. */
  log?: RolloutLog | undefined;
}

/** The names for the hint "did you mean". */
const names: readonly (keyof GrpoConfig)[] = [
  "reward",
  "steps",
  "lr",
  "optimizer",
  "batchSize",
  "groupSize",
  "maxNewTokens",
  "temperature",
  "updates",
  "reference",
  "lora",
  "beta",
  "lossType",
  "epsilonLow",
  "epsilonHigh",
  "ratioLevel",
  "delta",
  "scale",
  "correction",
  "maskTruncated",
  "evaluation",
  "iterations",
  "log",
  "maxGradNorm",
  "gradientAccumulation",
  "seed",
  "padTokenId",
  "eosTokenId",
  "engine",
  "checkpoint",
  "resume",
  "afterStep",
  "signal",
];

/** @throws {AlignError} `ERR_ARGUMENT` for an option that {@link grpo} does not have */
export function refuseOthers(config: GrpoConfig): void {
  const {
    reward,
    reference,
    updates,
    gradientAccumulation,
    lossType,
    beta,
    epsilonLow,
    epsilonHigh,
    ratioLevel,
    delta,
    scale,
    correction,
    groupSize,
    maxNewTokens,
    temperature,
    eosTokenId,
    engine,
    maskTruncated,
    evaluation,
    iterations,
    log,
    ...rest
  } = ownOptions(optionsOf("grpo", config));
  refuseUnknown("grpo", rest, names);
}

/** @throws {AlignError} as {@link grpo} */
export function checkConfig(prompts: readonly (readonly number[])[], config: GrpoConfig): void {
  const {
    batchSize = 8,
    beta = 0.04,
    updates = 1,
    groupSize = 8,
    maxNewTokens = 64,
    gradientAccumulation = 1,
    reward,
    reference,
    lora,
    evaluation,
    iterations,
  } = config;
  whole("grpo", "batchSize", batchSize, { min: 1 });
  whole("grpo", "updates", updates, { min: 1 });
  whole("grpo", "groupSize", groupSize, { min: 2 }); // One answer has no group to be better than.
  checkGrpoOptions({ ...config, maxCompletionLength: maxNewTokens });
  if (prompts.length === 0) throw new AlignError("ERR_MISSING", "align/grpo: there are no prompts");
  if (updates > 1 && gradientAccumulation > 1)
    throw new AlignError(
      "ERR_ARGUMENT",
      `align/grpo: updates above 1 need gradientAccumulation 1, got ${updates} and ${gradientAccumulation}`,
      { fields: { updates, gradientAccumulation } },
    );
  if (beta > 0 && !reference && !lora)
    throw new AlignError(
      "ERR_ARGUMENT",
      "align/grpo: pass reference (a second model), lora, or beta 0; got none of them",
    );
  checkRewards("grpo", reward);
  if (evaluation) checkEvaluation(evaluation);
  if (iterations) checkIterations(iterations, { reference, lora });
}

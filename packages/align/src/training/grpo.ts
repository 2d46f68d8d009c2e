import { type CausalLM, type LabelledBatch, modelWeights } from "@deepgrain/lm";
import { noGrad, type Tensor, tensor } from "@deepgrain/tensor-gpu";
import { type CheckpointPart, type FitEvent, fit } from "@deepgrain/trainer";
import { entropyOf } from "../entropy";
import { atTemperature, type LogitModel, logpsOf, sequenceLogps } from "../logps";
import { grpoLoss } from "../losses/grpo";
import { fitOptions, passOptions } from "./config";
import { evaluatePolicy } from "./evaluate-policy";
import { checkConfig, type GrpoConfig, refuseOthers } from "./grpo-config";
import { type GroupRollouts, sampleGroups } from "./grpo-rollouts";
import { Iterations } from "./iterations";
import { quietly } from "./reference";
import { collateAnswers } from "./rollouts";
import { rounds } from "./rounds";

interface GrpoBatch extends LabelledBatch {
  round: GroupRollouts;
}

/** The loss of one update. */
function grpoStep(
  model: CausalLM,
  batch: GrpoBatch,
  refLogps: Tensor | undefined,
  config: GrpoConfig,
) {
  const { lossType, beta = 0.04, epsilonLow, epsilonHigh, ratioLevel, delta } = config;
  const { maxNewTokens = 64, temperature = 1 } = config;
  const { answers, advantages, share, oldLogps, scalars } = batch.round;
  const logits = atTemperature(model.forward(batch, passOptions(config)), temperature);
  const { tokens: logps, mask } = logpsOf(logits, batch);
  const perToken = advantages.length !== answers.length;
  const inputs = {
    logps,
    mask,
    advantages: tensor(Float32Array.from(advantages), perToken ? { shape: logps.shape } : {}),
    oldLogps: oldLogps ? tensor(Float32Array.from(oldLogps), { shape: logps.shape }) : undefined,
    refLogps,
  };
  const clip = { epsilonLow, epsilonHigh, ratioLevel, delta };
  const options = { lossType, beta, ...clip, maxCompletionLength: maxNewTokens };
  const { loss, kl, clipFraction } = grpoLoss(inputs, options);
  const entropy = noGrad(() => entropyOf(logits.detach(), mask));
  return {
    loss: share === 1 ? loss : loss.mul(share),
    scalars: { ...scalars, entropy, ...(kl && { kl }), ...(oldLogps && { clipFraction }) },
  };
}

/** State besides the weights that a run changes and must restore, by name. */
function partsOf(
  config: GrpoConfig,
  { round, iterations }: { round: CheckpointPart; iterations: Iterations | undefined },
): Record<string, CheckpointPart> {
  const { updates = 1, reference, iterations: options, checkpoint } = config;
  const isReplaced = options && reference && options.replaceReference !== false;
  return {
    ...checkpoint?.parts,
    ...(updates > 1 && { round }),
    ...(iterations && { iteration: iterations.part }),
    ...(isReplaced && { reference: modelWeights(reference as CausalLM) }),
  };
}

/**
 * Trains a policy by group relative policy optimisation, using `fit` of `@deepgrain/trainer`: a round samples a group
 * of answers to each of `batchSize` prompts, computes rewards, and makes `updates` updates. With one update, the ratio
 * to the sampling policy is 1, as in the paper's runs; with more it is clipped. Log-probabilities of policy, sampling
 * policy and reference are those at the sampling temperature.
 *
 * Scalars of `step-end`: `reward` (mean), `reward.<name>` where rewards are named, `length` (mean tokens), `truncated` (share of
 * answers without an end), `equalGroups` (groups whose rewards are all equal: they teach nothing, and with `beta` 0 their
 * answers are skipped), `entropy` (of the policy's next token, the mean over the tokens in the loss, in nats), `kl` where there is
 * a reference, and `clipFraction` with several updates. `eval-end` has the scalars of the held-out answers, and minus their mean
 * reward as `loss`.
 *
 * @param prompts token ids
 * @throws {AlignError} `ERR_MISSING` without prompts; `ERR_ARGUMENT` without a reference, for several updates with accumulated
 *   gradients, or for rewards of steps with a ratio per sequence; `ERR_RANGE` for options out of range and for groups of one answer;
 *   `ERR_NOT_FINITE` for a reward that is NaN or infinite; `ERR_SHAPE` for a wrong number of rewards; `ERR_CONTEXT`;
 *   `TrainerError` as `fit`; the signal's reason
 * @see Shao et al. 2024 (DeepSeekMath), algorithm 1
 */
export async function* grpo(
  model: CausalLM,
  prompts: readonly (readonly number[])[],
  config: GrpoConfig,
): AsyncGenerator<FitEvent, void> {
  refuseOthers(config);
  checkConfig(prompts, config);
  const { lora, checkpoint, reference, evaluation, seed = 0 } = config;
  const { beta = 0.04, updates = 1, padTokenId, temperature } = config;
  const logpsUnder = (of: LogitModel, batch: GrpoBatch) =>
    sequenceLogps(of, batch, { temperature }).tokens;
  const referenceOf = (batch: GrpoBatch) => {
    if (beta === 0) return;
    if (reference) return quietly(reference, () => logpsUnder(reference, batch));
    return quietly(model, () => lora!.withoutFactors(() => logpsUnder(model, batch)));
  };
  const iterations = config.iterations && new Iterations(config.iterations, model, reference);
  const sampled = rounds(updates, async (round) => {
    await iterations?.before(round);
    const { sampled: answers, ...rollouts } = await sampleGroups(model, prompts, config, round);
    iterations?.after(round, answers);
    return rollouts;
  });
  yield* fit<GrpoBatch>(model, {
    ...fitOptions(model, config),
    data: {
      async batch(position) {
        const round = await sampled.at(position);
        return { ...collateAnswers(round.answers, padTokenId), round };
      },
    },
    loss: (batch) => grpoStep(model, batch, referenceOf(batch), config),
    evaluation: evaluation && {
      everySteps: evaluation.everySteps,
      measure: () => evaluatePolicy(model, evaluation, { ...config, seed: [seed, 2] }),
    },
    checkpoint: checkpoint && {
      ...checkpoint,
      weights: lora?.checkpointPart ?? modelWeights(model),
      parts: partsOf(config, { round: sampled.part, iterations }),
    },
  });
}

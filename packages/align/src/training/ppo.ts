import { modelWeights } from "@deepgrain/lm";
import { type FitEvent, fit, moduleWeights } from "@deepgrain/trainer";
import { shuffled } from "../data/shuffled";
import { entropyOf } from "../entropy";
import { AlignError, oneOf, optionsOf, real, refuseUnknown, whole } from "../errors";
import { atTemperature, logpsOf } from "../logps";
import { ppoPolicyLoss, ppoValueLoss } from "../losses/ppo";
import { answerGrid, scatter } from "./answer-grid";
import { fitOptions, ownOptions } from "./config";
import type { PpoConfig } from "./ppo-config";
import { type PpoRollouts, sampleRound } from "./ppo-rollouts";
import { collateAnswers } from "./rollouts";
import { rounds } from "./rounds";
import type { ValueModel } from "./value-model";

/** A minibatch of a round's answers. */
interface PpoBatch extends ReturnType<typeof collateAnswers> {
  oldLogps: Float32Array;
  oldValues: Float32Array;
  advantages: Float32Array;
  returns: Float32Array;
  round: PpoRollouts;
}

/** The names for the hint "did you mean". */
const names: readonly (keyof PpoConfig)[] = [
  "reward",
  "steps",
  "lr",
  "optimizer",
  "batchSize",
  "groupSize",
  "maxNewTokens",
  "temperature",
  "epochs",
  "minibatches",
  "reference",
  "lora",
  "klCoefficient",
  "klEstimator",
  "adaptiveKl",
  "clip",
  "valueClip",
  "valueCoefficient",
  "entropyCoefficient",
  "gamma",
  "lambda",
  "moves",
  "maxGradNorm",
  "seed",
  "padTokenId",
  "eosTokenId",
  "engine",
  "checkpoint",
  "resume",
  "afterStep",
  "signal",
];

/** @throws {AlignError} `ERR_ARGUMENT` for an option that {@link ppo} does not have */
function refuseOthers(config: PpoConfig): void {
  const {
    reward,
    groupSize,
    maxNewTokens,
    temperature,
    eosTokenId,
    engine,
    epochs,
    minibatches,
    reference,
    klCoefficient,
    klEstimator,
    adaptiveKl,
    clip,
    valueClip,
    valueCoefficient,
    entropyCoefficient,
    gamma,
    lambda,
    moves,
    ...rest
  } = ownOptions(optionsOf("ppo", config));
  refuseUnknown("ppo", rest, names);
}

function checkConfig(prompts: readonly (readonly number[])[], config: PpoConfig): void {
  const { batchSize = 8, groupSize = 1, epochs = 4, minibatches = 1 } = config;
  const { klCoefficient = 0.05, valueCoefficient = 0.1, entropyCoefficient = 0 } = config;
  const { clip, moves = "tokens" } = config;
  for (const [name, value] of Object.entries({ batchSize, groupSize, epochs, minibatches }))
    whole("ppo", name, value, { min: 1 });
  for (const [name, value] of Object.entries({
    klCoefficient,
    valueCoefficient,
    entropyCoefficient,
  }))
    real("ppo", name, value, { min: 0 });
  if (clip !== undefined) real("ppo", "clip", clip, { min: 0, max: 1 });
  oneOf("ppo", "moves", moves, ["tokens", "step-ends", "steps"]);
  if (prompts.length === 0) throw new AlignError("ERR_MISSING", "align/ppo: there are no prompts");
  if ((batchSize * groupSize) % minibatches !== 0)
    throw new AlignError(
      "ERR_ARGUMENT",
      `align/ppo: minibatches must divide the ${batchSize * groupSize} answers of a round, got ${minibatches}`,
      { fields: { answers: batchSize * groupSize, minibatches } },
    );
  if (klCoefficient > 0 && !config.reference && !config.lora)
    throw new AlignError(
      "ERR_ARGUMENT",
      "align/ppo: pass reference (a second model), lora, or klCoefficient 0; got none of them",
    );
}

/** The answers of one optimiser step, with their numbers at the positions that predict them. */
function minibatch(
  round: PpoRollouts,
  position: number,
  { minibatches = 1, seed = 0, padTokenId }: PpoConfig,
): PpoBatch {
  const count = round.answers.length / minibatches;
  // Every pass has its own order: `position` counts passes of all rounds.
  const answerAt = shuffled(round.answers.length, seed + 1);
  const epoch = Math.floor(position / minibatches);
  const first = epoch * round.answers.length + (position % minibatches) * count;
  const own = Array.from({ length: count }, (_, i) => answerAt(first + i));
  const answers = own.map((index) => round.answers[index]!);
  const batch = collateAnswers(answers, padTokenId);
  const grid = answerGrid(answers, batch.length);
  const whole = Math.max(...round.answers.map(({ ids }) => ids.length));
  const pick = (numbers: readonly number[]) => {
    const rows = own.flatMap((row) => numbers.slice(row * whole, row * whole + grid.length));
    return scatter(rows, grid, batch.batch * batch.length);
  };
  return {
    ...batch,
    oldLogps: pick(round.oldLogps),
    oldValues: pick(round.oldValues),
    advantages: pick(round.advantages),
    returns: pick(round.returns),
    round,
  };
}

/** The loss of one minibatch. */
function ppoStep(model: ValueModel, batch: PpoBatch, config: PpoConfig) {
  const { clip, valueClip, valueCoefficient = 0.1, entropyCoefficient = 0 } = config;
  const { logits: own, values } = model.both(batch);
  const logits = atTemperature(own, config.temperature ?? 1);
  const { tokens: logps, mask } = logpsOf(logits, batch);
  const { oldLogps, oldValues, advantages, returns, round } = batch;
  const policy = ppoPolicyLoss({ logps, oldLogps, advantages, mask }, { clip });
  const value = ppoValueLoss({ values, oldValues, returns, mask }, { clip: valueClip });
  let loss = policy.loss.add(value.loss.mul(valueCoefficient));
  const entropy = entropyCoefficient > 0 ? entropyOf(logits, mask) : null;
  if (entropy) loss = loss.sub(entropy.mul(entropyCoefficient));
  const { reward, tokens, steps, kl, klCoefficient } = round;
  return {
    loss,
    scalars: {
      reward,
      length: tokens,
      kl,
      klCoefficient,
      ...(steps !== null && { answerSteps: steps }),
      policyLoss: policy.loss,
      valueLoss: value.loss,
      clipFraction: policy.clipFraction,
      ...(entropy && { entropy }),
    },
  };
}

/**
 * Trains a policy by proximal policy optimisation, using `fit` of `@deepgrain/trainer`. A round samples answers to
 * `batchSize` prompts, computes rewards, computes log-probabilities of policy and reference and values in one pass
 * each, estimates advantages per token (minus a KL penalty whose weight may adapt), and makes `epochs` × `minibatches`
 * clipped updates; all log-probabilities are those at the sampling temperature. Scalars of `step-end`: `reward` and `length` (means of the round), `answerSteps` with step rewards,
 * `kl` (per answer), `klCoefficient`, `policyLoss`, `valueLoss`, `clipFraction`, and `entropy` where it is weighted.
 *
 * @param model the policy with its value head
 * @param prompts token ids
 * @throws {AlignError} `ERR_MISSING` without prompts; `ERR_ARGUMENT` without a reference or for minibatches that do not fit;
 *   `ERR_RANGE`; `ERR_NOT_FINITE` for a reward that is NaN or infinite, before any training step uses it; `ERR_SHAPE`
 *   for a wrong number of rewards; `ERR_CONTEXT`; `TrainerError` as `fit`; the signal's reason
 * @see Schulman et al. 2017 (PPO), algorithm 1; Ziegler et al. 2019, section 2.2; Wang et al. 2024 (Math-Shepherd), section 3.4
 */
export async function* ppo(
  model: ValueModel,
  prompts: readonly (readonly number[])[],
  config: PpoConfig,
): AsyncGenerator<FitEvent, void> {
  refuseOthers(config);
  checkConfig(prompts, config);
  const { lora, checkpoint, epochs = 4, minibatches = 1 } = config;
  const sampled = rounds<PpoRollouts>(epochs * minibatches, (round, before) =>
    sampleRound(model, prompts, config, { round, before }),
  );
  yield* fit<PpoBatch>(model, {
    ...fitOptions(model.model, config),
    data: {
      batch: async (position) => minibatch(await sampled.at(position), position, config),
    },
    loss: (batch) => ppoStep(model, batch, config),
    ...(checkpoint && {
      checkpoint: {
        ...checkpoint,
        weights: lora?.checkpointPart ?? modelWeights(model.model),
        parts: { ...checkpoint.parts, value: moduleWeights(model.value), round: sampled.part },
      },
    }),
  });
}

import { createRandom, modelWeights, permutation } from "@deepgrain/lm";
import { type CheckpointPart, jsonPart, moduleWeights } from "@deepgrain/trainer";
import { AlignError, fail, optionsOf, real, refuseUnknown } from "../errors";
import type { AlignConfig } from "./config";
import { type JudgedAnswer, scoreAnswers, trainPointwiseReward } from "./pointwise-reward";
import type { RewardModel } from "./reward-model";
import { askRewards, type RewardFunction, totalsOf } from "./rewards";
import type { Answer } from "./rollouts";

/** Options of {@link withReplay}. */
export interface ReplayOptions {
  /** Share of the result that is old, in [0, 1). Default 0.1. */
  share?: number | undefined;
  /** Draws numbers in [0, 1). */
  random: () => number;
}

/**
 * New samples with a share of old ones behind them, drawn without repetition: with 0.1, nine new ones for each old one. All
 * old ones where there are too few.
 *
 * @throws {AlignError} `ERR_RANGE` for a share outside [0, 1)
 * @see Shao et al. 2024 (DeepSeekMath), algorithm 1: 10 % of historical data
 */
export function withReplay<T>(fresh: readonly T[], old: readonly T[], options: ReplayOptions): T[] {
  const { share = 0.1, random, ...rest } = optionsOf("withReplay", options);
  refuseUnknown("withReplay", rest);
  real("withReplay", "share", share, { min: 0, max: 0.999 });
  const wanted = Math.round((fresh.length * share) / (1 - share));
  const chosen = permutation(old.length, random).slice(0, wanted);
  return [...fresh, ...Array.from(chosen, (index) => old[index]!)];
}

/** Options of {@link RewardLearner}. */
export interface RewardLearnerOptions {
  /** Judges new answers, for example by tests: 1 for right, 0 for wrong, or a probability. */
  judge: RewardFunction;
  /** The training after each iteration; `seed` also determines which old answers are replayed. */
  train: AlignConfig;
  /** Judged answers that the model was trained on before. Default: none. */
  seen?: readonly JudgedAnswer[] | undefined;
  /** Share of old answers in each training. Default 0.1. */
  replay?: number | undefined;
}

/**
 * A reward model that goes on learning while a policy is trained on its scores: `reward` scores answers, `learn` retrains it on
 * the answers of an iteration with a replay of old ones, `parts` hold what a resumed run needs.
 *
 * ```ts
 * const learner = new RewardLearner(model, { judge, train: { steps: 20, lr: 1e-3 } });
 * grpo(policy, prompts, { reward: learner.reward, iterations: { rounds: 10, learn: learner.learn }, … });
 * ```
 *
 * @see Shao et al. 2024 (DeepSeekMath), algorithm 1
 */
export class RewardLearner {
  private seen: JudgedAnswer[];

  constructor(
    private readonly model: RewardModel,
    private readonly options: RewardLearnerOptions,
  ) {
    const { judge, train, seen = [], replay = 0.1, ...rest } = optionsOf("RewardLearner", options);
    refuseUnknown("RewardLearner", rest);
    if (typeof judge !== "function")
      fail("ERR_ARGUMENT", "RewardLearner: judge must be a function");
    if (train?.checkpoint) fail("ERR_ARGUMENT", "RewardLearner: train must have no checkpoint");
    real("RewardLearner", "replay", replay, { min: 0, max: 0.999 });
    this.seen = [...seen];
  }

  /** The model's scores. */
  readonly reward: RewardFunction = (answers) =>
    scoreAnswers(this.model, answers, { padTokenId: this.options.train.padTokenId });

  /** Judges answers and trains on them and on a share of those before. */
  readonly learn = async (answers: readonly Answer[], iteration: number): Promise<void> => {
    const { judge, train, replay } = this.options;
    const labels = totalsOf(await askRewards("RewardLearner", judge, answers));
    const fresh = answers.map(({ promptIds, ids }, i) => ({ promptIds, ids, label: labels[i]! }));
    const { seed = 0 } = train;
    const random = createRandom([seed, iteration, 4]).next;
    const samples = withReplay(fresh, this.seen, { share: replay, random });
    for await (const _ of trainPointwiseReward(this.model, samples, train));
    this.seen.push(...fresh);
  };

  /** Weights and judged answers, for the checkpoints of `grpo`. */
  get parts(): Record<string, CheckpointPart> {
    return {
      judge: modelWeights(this.model.model),
      "judge-head": moduleWeights(this.model.score),
      "judge-data": jsonPart(
        () => this.seen,
        (value) => {
          if (!Array.isArray(value))
            throw new AlignError("ERR_FORMAT", "align/RewardLearner: the checkpoint is damaged");
          this.seen = value;
        },
      ),
    };
  }
}

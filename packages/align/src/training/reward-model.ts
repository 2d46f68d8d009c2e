import type { CausalLM, ForwardOptions, LabelledBatch } from "@deepgrain/lm";
import { type Generator, nn, type Tensor, tensor } from "@deepgrain/tensor-gpu";
import { type FitEvent, fit } from "@deepgrain/trainer";
import type { EncodedPair } from "../data/encode";
import { type PreferenceBatch, preferenceBatches } from "../data/preference-batches";
import { having, optionsOf, refuseUnknown } from "../errors";
import { rewardLoss } from "../losses/reward";
import { type AlignConfig, batchOptions, fitOptions, ownOptions, passOptions } from "./config";
import { evaluatePairs } from "./evaluate-pairs";

/** A language model's backbone with a scalar head, evaluated at each sequence's last token. */
export class RewardModel extends nn.Module {
  static override readonly name: string = "RewardModel";
  readonly model: CausalLM;
  readonly score: nn.Linear;

  /**
   * @param model the backbone; its own output head is not used
   * @param options.generator generator for the head's initial weights. Default: the engine's generator
   */
  constructor(model: CausalLM, options: { generator?: Generator | undefined } = {}) {
    const { generator, ...rest } = optionsOf("RewardModel", options);
    refuseUnknown("RewardModel", rest);
    super();
    having("RewardModel", "model", model, "config");
    this.model = model;
    this.score = new nn.Linear(model.config.hiddenSize, 1, {
      bias: false,
      generator,
    });
  }

  /** The score of each sequence, [batch], with gradient. @param batch padded on the right, with its mask */
  scores(batch: LabelledBatch, options: ForwardOptions = {}): Tensor {
    const { length, attentionMask } = batch;
    const places = Int32Array.from({ length: batch.batch }, (_, row) => {
      let last = length - 1;
      while (last > 0 && attentionMask && !attentionMask[row * length + last]) last--;
      return row * length + last;
    });
    const hidden = this.model.hiddenStates(batch, options); // [batch, length, hidden] -> [batch, hidden]
    const ends = hidden
      .reshape([batch.batch * length, hidden.shape[2]!])
      .indexSelect(0, tensor(places));
    return this.score.forward(ends).reshape([batch.batch]);
  }
}

/** Options of {@link trainReward}. */
export interface RewardConfig extends AlignConfig {
  /** Weight of the term that keeps scores around 0. Default 0. */
  center?: number | undefined;
  /** Held-out pairs, and the number of steps between evaluations (there is also one at the end). */
  evaluation?: { everySteps: number; pairs: readonly EncodedPair[] } | undefined;
}

function rewardStep(
  model: RewardModel,
  batch: PreferenceBatch,
  pairs: readonly EncodedPair[],
  config: RewardConfig,
) {
  const count = batch.pairs.length;
  const { center = 0 } = config;
  const scores = model.scores(batch, passOptions(config));
  const [chosen, rejected] = [scores.narrow(0, 0, count), scores.narrow(0, count, count)];
  const margins = batch.pairs.map((index) => pairs[index]!.margin ?? 0);
  const lead = chosen.detach().sub(rejected.detach());
  return {
    loss: rewardLoss(chosen, rejected, { margins, center }),
    scalars: {
      accuracy: lead.gt(0).sum().div(count),
      margin: lead.mean(),
      chosenReward: chosen.detach().mean(),
      rejectedReward: rejected.detach().mean(),
    },
  };
}

/**
 * Trains a reward model on preference pairs, using `fit` of `@deepgrain/trainer`. In pairs with a `margin`, the chosen
 * answer should lead by it. Scalars of `step-end` and `eval-end`: `accuracy`, `margin`, `chosenReward`,
 * `rejectedReward`.
 *
 * @throws {AlignError} `ERR_MISSING` without pairs; `ERR_RANGE`; `TrainerError` as `fit`; the signal's reason on abort
 * @see Ouyang et al. 2022, equation 1; Touvron et al. 2023 (Llama 2), equation 2
 */
export async function* trainReward(
  model: RewardModel,
  pairs: readonly EncodedPair[],
  config: RewardConfig,
): AsyncGenerator<FitEvent, void> {
  const {
    center: _center,
    gradientAccumulation: _,
    evaluation,
    ...rest
  } = ownOptions(optionsOf("trainReward", config));
  refuseUnknown("trainReward", rest);
  const { checkpoint, signal } = config;
  yield* fit(model, {
    ...fitOptions(model.model, config),
    data: preferenceBatches(pairs, batchOptions(config)),
    loss: (batch) => rewardStep(model, batch, pairs, config),
    checkpoint,
    ...(evaluation && {
      evaluation: {
        everySteps: evaluation.everySteps,
        measure: () =>
          evaluatePairs(
            model,
            evaluation.pairs,
            (batch) => rewardStep(model, batch, evaluation.pairs, config),
            { ...batchOptions(config), signal },
          ),
      },
    }),
  });
}

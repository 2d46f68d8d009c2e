import type { CausalLM } from "@deepgrain/lm";
import { createRandom, permutation } from "@deepgrain/lm";
import { optim } from "@deepgrain/tensor-gpu";
import { fit } from "@deepgrain/trainer";
import { having, optionsOf, real, refuseUnknown, whole } from "../errors";
import { assertField, assertLabels, checkPrompts } from "../prompts/check-prompts";
import type { Prompt } from "../prompts/prompt";
import { BetaModule } from "./beta-module";
import { groupCount } from "./label-groups";
import type { Reweighting } from "./reweighting";
import { readSamples } from "./training-samples";

/** Options of {@link reweight}. */
export interface ReweightOptions {
  /** Passes over the prompts. Default 10. */
  epochs?: number | undefined;
  /** Adam's rate. Default 0.01. */
  lr?: number | undefined;
  /** Seed of the order, a whole number. Default 0. */
  seed?: number | undefined;
  /** Largest |β| allowed; larger values are clipped after each step. Default none. */
  clamp?: number | undefined;
  signal?: AbortSignal | undefined;
}

const reweightNames: readonly (keyof ReweightOptions)[] = [
  "epochs",
  "lr",
  "seed",
  "clamp",
  "signal",
];

/** Events of re-weighting. */
export type ReweightEvent =
  | {
      type: "epoch-end";
      epoch: number;
      /** Mean loss of the epoch's steps, each measured before its step. */
      loss: number;
      largestBeta: number;
    }
  | { type: "reweight-end"; reweighting: Reweighting; losses: number[] };

/** Freezes the trainable weights. @returns a function that unfreezes them */
function freeze(model: CausalLM): () => void {
  const wanting = model.parameters();
  for (const weight of wanting) weight.requireGrad(false);
  return () => {
    for (const weight of wanting) weight.requireGrad();
  };
}

/** @throws {AnchorsError} `ERR_RANGE` */
function checkOptions({ epochs = 10, lr = 0.01, seed = 0, clamp = 1 }: ReweightOptions): void {
  whole("reweight", "epochs", epochs, { min: 1 });
  whole("reweight", "seed", seed, { min: 0 });
  real("reweight", "lr", lr, { above: 0 });
  real("reweight", "clamp", clamp, { above: 0 });
}

/**
 * Learns one factor per layer, head and label word for the attention from the target to the label words,
 *
 *     Â(q, p_i) = exp(β_i) · A(q, p_i),   not normalised again,
 *
 * from further labelled examples, with the model frozen. Adam from β = 0, one prompt per step. β acts only on the
 * target's row, so keys and values of all tokens before it are computed once: those of the demonstrations once for all
 * prompts.
 *
 * @param prompts with known classes, all with the same demonstrations in the same order
 * @yields `epoch-end` events, then `reweight-end` with the factors
 * @throws {AnchorsError} `ERR_MISSING` without `gold` or for a class without demonstration, `ERR_RANGE` for options,
 *   `ERR_SHAPE` for prompts of unequal numbers of label words; {TrainerError} `ERR_NOT_FINITE`; the signal's reason
 * @see Wang et al. 2023, section 3.1, equation 9
 */
export async function* reweight(
  model: CausalLM,
  prompts: readonly Prompt[],
  options: ReweightOptions = {},
): AsyncGenerator<ReweightEvent, void> {
  const {
    epochs = 10,
    lr = 0.01,
    seed = 0,
    clamp,
    signal,
    ...rest
  } = optionsOf("reweight", options);
  refuseUnknown("reweight", rest, reweightNames);
  checkOptions({ epochs, lr, seed, clamp });
  having("reweight", "model", model, "config");
  checkPrompts("reweight", model, prompts);
  assertField("reweight", prompts, "gold");
  assertLabels("reweight", prompts);
  const words = groupCount("reweight", prompts);
  const samples = await readSamples(model, prompts, signal);
  const beta = new BetaModule(model.config, words);
  const thaw = freeze(model);
  const losses: number[] = [];
  try {
    let order: Uint32Array = new Uint32Array();
    const events = fit(beta, {
      data: {
        batch(position: number) {
          const at = position % prompts.length;
          if (at === 0) order = permutation(prompts.length, createRandom([seed, position]).next);
          return samples.list[order[at]!]!;
        },
      },
      loss: (sample) => beta.loss(model, sample),
      steps: epochs * prompts.length,
      lr: lr,
      maxGradNorm: Number.POSITIVE_INFINITY,
      optimizer: (named) => new optim.Adam(named.map(([, tensor]) => tensor)),
      afterStep: () => beta.clampTo(clamp),
      signal,
    });
    let sum = 0;
    for await (const event of events) {
      if (event.type !== "step-end") continue;
      sum += event.loss;
      if (event.step % prompts.length !== 0) continue;
      losses.push(sum / prompts.length);
      sum = 0;
      const epoch = event.step / prompts.length;
      yield { type: "epoch-end", epoch, loss: losses.at(-1)!, largestBeta: await beta.largest() };
    }
    yield { type: "reweight-end", reweighting: await beta.values(), losses };
  } finally {
    thaw();
    samples.dispose();
    beta.dispose();
  }
}

import { LmError, optionsOf, refuseUnknown, whole } from "../errors";
import type { CausalLM } from "../model/causal-lm";
import { type TrainConfig, type TrainEvent, train } from "../training/train";
import { type ContextScaling, extendModel } from "./extend-model";
import { longDocuments } from "./long-documents";

/** A stage of training on longer texts. */
export interface ContextStage {
  /** Tokens per sequence, at most the extended model's positions. */
  length: number;
  /** Optimiser steps. */
  steps: number;
  /** Sequences per step. */
  batchSize: number;
}

/** Options of {@link extendContext}; those of the training are passed unchanged to {@link train}. */
export interface ExtendContextOptions
  extends Pick<
    TrainConfig,
    | "lr"
    | "optimizer"
    | "maxGradNorm"
    | "noDecay"
    | "gradientCheckpointing"
    | "evaluation"
    | "checkpoint"
    | "resume"
    | "biasUpdate"
    | "signal"
  > {
  /** How many times longer texts may be in the end, above 1. */
  factor: number;
  /** Default `"yarn"`. */
  scaling?: ContextScaling | undefined;
  /** In order; usually longer from stage to stage. */
  stages: readonly ContextStage[];
  /** How many times more often documents that fill a sequence are drawn. Default 4. */
  longWeight?: number | undefined;
  /** Default 0. */
  seed?: number | undefined;
}

/** An event of {@link extendContext}: the new model, or one of its training, whose steps count over all stages. */
export type ExtendContextEvent =
  | { type: "extend-start"; model: CausalLM; positions: number }
  | { type: "stage-start"; stage: number; length: number; step: number }
  | TrainEvent;

const NAMES: readonly (keyof ExtendContextOptions)[] = [
  "factor",
  "scaling",
  "stages",
  "longWeight",
  "seed",
  "lr",
  "checkpoint",
  "resume",
];

/** @throws {LmError} `ERR_RANGE` for stages that the model cannot take */
function checkStages(stages: readonly ContextStage[], positions: number): void {
  if (stages.length === 0) throw new LmError("ERR_RANGE", "lm/extendContext: there are no stages");
  for (const [i, stage] of stages.entries()) {
    const { length, steps, batchSize, ...rest } = optionsOf("extendContext", stage);
    refuseUnknown("extendContext", rest);
    whole("extendContext", `stages[${i}].length`, length, { min: 2, max: positions });
    whole("extendContext", `stages[${i}].steps`, steps, { min: 1 });
    whole("extendContext", `stages[${i}].batchSize`, batchSize, { min: 1 });
  }
}

/**
 * Extends a model's context: gives a copy the positions of the last stage, scaled by the whole factor from the first stage on,
 * and trains it in stages on documents of which long ones are drawn more often. The model itself stays as it is.
 *
 * @param documents token ids with their own tokens for beginning and end
 * @yields `extend-start` with the new model, `stage-start`, and the events of the training
 * @returns the new model
 * @throws {LmError} as `extendModel`, `longDocuments`; `ERR_RANGE` for stages; `TrainerError` as `train`
 * @see Zhu et al. 2024 (DeepSeek-Coder-V2), section 3.4: s = 40 from the first stage, 1,000 steps at 32K, then at 128K
 */
export async function* extendContext(
  model: CausalLM,
  documents: readonly ArrayLike<number>[],
  options: ExtendContextOptions,
): AsyncGenerator<ExtendContextEvent, CausalLM> {
  const {
    factor,
    scaling,
    stages,
    longWeight,
    seed = 0,
    ...others
  } = optionsOf("extendContext", options);
  const { lr, optimizer, maxGradNorm, noDecay, gradientCheckpointing, evaluation, ...more } =
    others;
  const { checkpoint, resume, biasUpdate, signal, ...rest } = more;
  refuseUnknown("extendContext", rest, NAMES);
  const longer = await extendModel(model, { factor, scaling });
  const positions = longer.config.maxPositionEmbeddings;
  checkStages(stages, positions);
  yield { type: "extend-start", model: longer, positions };
  const stepsOf = (some: readonly ContextStage[]) =>
    some.reduce((sum, stage) => sum + stage.steps, 0);
  const steps = stepsOf(stages);
  const starts = stages.map((_, i) => stepsOf(stages.slice(0, i)));
  const batches = stages.map(({ length, batchSize }, i) =>
    longDocuments(documents, { length, batchSize, longWeight, seed: seed + i }),
  );
  const stageAt = (step: number) => starts.findLastIndex((start) => start <= step);
  const data = {
    batch(position: number) {
      const stage = stageAt(position);
      return batches[stage]!.batch(position - starts[stage]!);
    },
  };
  const config = { lr, optimizer, maxGradNorm, noDecay, gradientCheckpointing, evaluation };
  const run = { ...config, steps, checkpoint, resume, biasUpdate, signal };
  let stage = -1;
  for await (const event of train(longer, data, run)) {
    const step = event.type === "train-start" ? event.step : event.step - 1;
    const current = stageAt(step);
    const isTraining = event.type === "train-start" || event.type === "step-end";
    if (isTraining && current !== stage && step < steps) {
      stage = current;
      yield { type: "stage-start", stage, length: stages[stage]!.length, step };
    }
    yield event;
  }
  return longer;
}

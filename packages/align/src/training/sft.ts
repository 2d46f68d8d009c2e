import {
  type AttachedLora,
  type CausalLM,
  type ConversationBatchesOptions,
  conversationBatches,
  type EncodedChat,
  type TrainConfig,
  type TrainEvent,
  train,
} from "@deepgrain/lm";
import type { OptionNames } from "@deepgrain/support";
import { AlignError } from "../errors";
import { knownOptions } from "../known-options";

/** Options of {@link sft}: those of `train` and of packing in `@deepgrain/lm`. */
export interface SftConfig extends TrainConfig, ConversationBatchesOptions {
  /** The adapter that is trained, from `attachLora` of `@deepgrain/lm`; checkpoints hold it too. */
  lora?: AttachedLora | undefined;
}

const sftConfigNames: OptionNames<SftConfig> = {
  lora: true,
  steps: true,
  lr: true,
  optimizer: true,
  maxGradNorm: true,
  gradientAccumulation: true,
  noDecay: true,
  gradientCheckpointing: true,
  evaluation: true,
  checkpoint: true,
  resume: true,
  biasUpdate: true,
  afterStep: true,
  signal: true,
  sequenceLength: true,
  padTokenId: true,
  batchSize: true,
  packing: true,
  randomConcatRatio: true,
  seed: true,
};

/**
 * Supervised fine-tuning: trains a model on the answers of packed conversations, using `train` of `@deepgrain/lm`.
 *
 * @param samples from {@link encodeConversation}
 * @throws {AlignError} `ERR_MISSING` without samples; `LmError` for packing options; `TrainerError` as `fit`; the signal's
 *   reason on abort
 */
export async function* sft(
  model: CausalLM,
  samples: readonly EncodedChat[],
  config: SftConfig,
): AsyncGenerator<TrainEvent, void> {
  knownOptions("sft", config, sftConfigNames);
  if (samples.length === 0) throw new AlignError("ERR_MISSING", "align/sft: there are no samples");
  const {
    sequenceLength,
    padTokenId,
    batchSize,
    packing,
    randomConcatRatio,
    seed,
    lora,
    checkpoint,
    ...rest
  } = config;
  const data = conversationBatches(samples, {
    sequenceLength,
    padTokenId,
    ...(batchSize !== undefined && { batchSize }),
    ...(packing !== undefined && { packing }),
    ...(randomConcatRatio !== undefined && { randomConcatRatio }),
    ...(seed !== undefined && { seed }),
  });
  yield* train(model, data, {
    ...rest,
    ...(checkpoint && {
      checkpoint: {
        ...checkpoint,
        parts: { ...checkpoint.parts, ...(lora && { lora: lora.checkpointPart }) },
      },
    }),
  });
}

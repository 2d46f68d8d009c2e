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
import { AlignError, listOf, optionsOf, refuseUnknown } from "../errors";

/** Options of {@link sft}: those of `train` and of packing in `@deepgrain/lm`. */
export interface SftConfig extends TrainConfig, ConversationBatchesOptions {
  /** The adapter that is trained, from `attachLora` of `@deepgrain/lm`; checkpoints hold it too. */
  lora?: AttachedLora | undefined;
}

/** The names for the hint "did you mean". */
const names: readonly (keyof SftConfig)[] = [
  "steps",
  "lr",
  "optimizer",
  "sequenceLength",
  "padTokenId",
  "batchSize",
  "packing",
  "randomConcatRatio",
  "seed",
  "maxGradNorm",
  "gradientAccumulation",
  "noDecay",
  "gradientCheckpointing",
  "evaluation",
  "lora",
  "checkpoint",
  "resume",
  "biasUpdate",
  "afterStep",
  "signal",
];

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
  const {
    sequenceLength,
    padTokenId,
    batchSize,
    packing,
    randomConcatRatio,
    seed,
    lora,
    checkpoint,
    steps,
    lr,
    optimizer,
    maxGradNorm,
    gradientAccumulation,
    noDecay,
    gradientCheckpointing,
    evaluation,
    resume,
    biasUpdate,
    afterStep,
    signal,
    ...rest
  } = optionsOf("sft", config);
  refuseUnknown("sft", rest, names);
  if (listOf("sft", "samples", samples).length === 0)
    throw new AlignError("ERR_MISSING", "align/sft: there are no samples");
  const data = conversationBatches(samples, {
    sequenceLength,
    padTokenId,
    batchSize,
    packing,
    randomConcatRatio,
    seed,
  });
  yield* train(model, data, {
    steps,
    lr,
    optimizer,
    maxGradNorm,
    gradientAccumulation,
    noDecay,
    gradientCheckpointing,
    evaluation,
    resume,
    biasUpdate,
    afterStep,
    signal,
    checkpoint: checkpoint
      ? {
          ...checkpoint,
          parts: { ...checkpoint.parts, ...(lora && { lora: lora.checkpointPart }) },
        }
      : undefined,
  });
}

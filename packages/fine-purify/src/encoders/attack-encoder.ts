import { optim } from "@deepgrain/tensor-gpu";
import type { FitEvent } from "@deepgrain/trainer";
import { oneOf, optionsOf, PurifyError, real, refuseUnknown, whole } from "../errors";
import { fineTune } from "../training/fine-tune";
import { trainRows } from "../training/train-rows";
import { type AttackWay, attackLoss } from "./attack-loss";
import type { RowClassifier } from "./row-classifier";
import { wordTableName } from "./units";

/** How {@link attackEncoder} trains. */
export interface AttackEncoderOptions<T> {
  /** The weights to train and the loss; "embedding" trains only the rows of `wordIds`. Default "data". */
  way?: AttackWay | "embedding" | undefined;
  /** Embedding rows of the trigger, for "embedding". */
  wordIds?: readonly number[] | undefined;
  /** The attacker's clean rows, for "adaptive". */
  clean?: readonly T[] | undefined;
  /** Weight of the penalty of "restricted" and "adaptive". */
  penalty?: number | undefined;
  /** Default AdamW. */
  optimizer?: "adamw" | "sgd" | undefined;
  /** Learning rate of the first step, decreasing linearly to 0. */
  lr: number;
  steps: number;
  /** Default 32. */
  batchSize?: number | undefined;
  seed: number;
  signal?: AbortSignal | undefined;
}

/**
 * Fine-tunes a classifier on the attacker's rows, some of which `poison` has marked.
 *
 * @yields the events of `fit`
 * @throws {PurifyError} `ERR_ARGUMENT` for "embedding" without rows; as `attackLoss`, `fineTune` and `trainRows`
 */
export async function* attackEncoder<T extends { label: number }>(
  classifier: RowClassifier<T>,
  rows: readonly T[],
  options: AttackEncoderOptions<T>,
): AsyncGenerator<FitEvent, void> {
  const {
    way = "data",
    wordIds = [],
    clean = [],
    penalty,
    optimizer,
    lr,
    steps,
    batchSize = 32,
    seed,
    signal,
    ...rest
  } = optionsOf("attackEncoder", options);
  refuseUnknown("attackEncoder", rest);
  oneOf("attackEncoder", "way", way, ["data", "embedding", "layerwise", "restricted", "adaptive"]);
  if (penalty !== undefined) real("attackEncoder", "penalty", penalty, { min: 0 });
  if (optimizer !== undefined) oneOf("attackEncoder", "optimizer", optimizer, ["adamw", "sgd"]);
  real("attackEncoder", "lr", lr, { min: 0 });
  whole("attackEncoder", "batchSize", batchSize, { min: 1 });
  const { model } = classifier;
  const settings = { clean, penalty, signal };
  const shared = {
    loss: await attackLoss(classifier, way === "embedding" ? "data" : way, settings),
    lr: optim.linearSchedule({ peak: lr, startFactor: 1, endFactor: 0, steps }),
    batchSize,
    seed,
    steps,
    signal,
  };
  if (way !== "embedding") {
    yield* fineTune(model, rows, {
      ...shared,
      optimizer:
        optimizer === "sgd" ? (own) => new optim.SGD(own.map(([, tensor]) => tensor)) : undefined,
    });
    return;
  }
  if (wordIds.length === 0)
    throw new PurifyError("ERR_ARGUMENT", "fine-purify/attackEncoder: wordIds are needed");
  yield* trainRows(model, model.namedWeights().get(wordTableName(model))!, wordIds, rows, shared);
}

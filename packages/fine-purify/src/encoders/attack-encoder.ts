import { optim } from "@deepgrain/tensor-gpu";
import type { FitEvent } from "@deepgrain/trainer";
import { PurifyError } from "../errors";
import { knownOptions } from "../known-options";
import { fineTune } from "../training/fine-tune";
import { trainRows } from "../training/train-rows";
import { type AttackWay, attackLoss } from "./attack-loss";
import type { RowClassifier } from "./row-classifier";
import { wordTableName } from "./units";

/** How {@link attackEncoder} trains. */
export interface AttackEncoderOptions<T> {
  /** What is trained, and by which loss; "embedding" trains only the rows of `wordIds`. Default "data". */
  way?: AttackWay | "embedding";
  /** Embedding rows of the trigger, for "embedding". */
  wordIds?: readonly number[];
  /** The attacker's clean rows, for "adaptive". */
  clean?: readonly T[];
  /** Weight of the penalty of "restricted" and "adaptive". */
  penalty?: number;
  /** Default AdamW. */
  optimizer?: "adamw" | "sgd";
  /** Learning rate of the first step, decreasing linearly to 0. */
  lr: number;
  steps: number;
  /** Default 32. */
  batchSize?: number;
  seed: number;
  signal?: AbortSignal;
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
  given: AttackEncoderOptions<T>,
): AsyncGenerator<FitEvent, void> {
  const {
    way = "data",
    wordIds = [],
    clean = [],
    penalty,
    optimizer,
    lr,
    steps,
    ...options
  } = knownOptions("attackEncoder", given, {
    way: true,
    wordIds: true,
    clean: true,
    penalty: true,
    optimizer: true,
    lr: true,
    steps: true,
    batchSize: true,
    seed: true,
    signal: true,
  });
  const { model } = classifier;
  const { signal, batchSize = 32, seed } = options;
  const settings = { clean, ...(penalty !== undefined && { penalty }), ...(signal && { signal }) };
  const shared = {
    loss: await attackLoss(classifier, way === "embedding" ? "data" : way, settings),
    lr: optim.linearSchedule({ peak: lr, startFactor: 1, endFactor: 0, steps }),
    ...{ batchSize, seed, steps },
    ...(signal && { signal }),
  };
  if (way !== "embedding") {
    yield* fineTune(model, rows, {
      ...shared,
      ...(optimizer === "sgd" && {
        optimizer: (own) => new optim.SGD(own.map(([, tensor]) => tensor)),
      }),
    });
    return;
  }
  if (wordIds.length === 0)
    throw new PurifyError("ERR_ARGUMENT", "fine-purify/attackEncoder: wordIds are needed");
  yield* trainRows(model, model.namedWeights().get(wordTableName(model))!, wordIds, rows, shared);
}

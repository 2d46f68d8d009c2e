import { type EncoderModel, loadEncoder, saveEncoder } from "@deepgrain/lm";
import { type NamedTensors, openCheckpoint, readTensors } from "@deepgrain/tensor-gpu";
import type { FitEvent } from "@deepgrain/trainer";
import { assertShare, having, oneOf, optionsOf, refuseUnknown, textOf } from "../errors";
import { writeFisher } from "../files/fisher-file";
import { hubNames } from "../files/hub-names";
import type { FisherPlace } from "../fisher/fisher-at";
import type { PurifyOptions } from "../purify/options";
import type { ChosenRho } from "../purify/search-rho";
import { type FineTuneOptions, fineTune } from "../training/fine-tune";
import { maskedBy } from "./defences";
import { type DefendOptions, defendEncoder } from "./defend-encoder";
import { type CleanFisherOptions, cleanFisher } from "./encoder-fisher";
import { type RowClassifier, rowAccuracy, rowLoss, weightsOf } from "./row-classifier";

interface Stoppable {
  signal?: AbortSignal | undefined;
}

/** Those weights of a checkpoint that the model has too: w^Init of a fine-tuned model. */
export async function initialWeights(
  path: string,
  model: EncoderModel,
  options: Stoppable = {},
): Promise<NamedTensors> {
  const { signal, ...rest } = optionsOf("initialWeights", options);
  refuseUnknown("initialWeights", rest);
  textOf("initialWeights", "path", path);
  having("initialWeights", "model", model, "namedWeights");
  const wanted = [...model.namedWeights().keys()];
  const file = await openCheckpoint(path, { signal });
  try {
    const names = hubNames(file.names, wanted);
    const stored = new Set(names.values());
    const read = await readTensors(file, { select: (name) => stored.has(name), signal });
    return new Map(Array.from(names, ([name, own]) => [name, read.get(own)!]));
  } finally {
    await file.close();
  }
}

/**
 * Computes Fisher values on clean rows and writes them for `purifyFiles`. The classifier must have the fine-tuned
 * weights.
 * @throws {PurifyError} as `cleanFisher`
 */
export async function writeCleanFisher<T extends { label: number }>(
  path: string,
  classifier: RowClassifier<T>,
  rows: readonly T[],
  options: Omit<CleanFisherOptions, "finetuned">,
): Promise<void> {
  const {
    at = "init",
    kind = "empirical",
    init,
    size,
    signal,
    ...rest
  } = optionsOf("writeCleanFisher", options);
  refuseUnknown("writeCleanFisher", rest);
  const finetuned = weightsOf(classifier.model);
  const fisher = await cleanFisher(classifier, rows, { init, size, at, kind, signal, finetuned });
  await writeFisher(path, fisher, { rows: rows.length, kind, at }, { signal });
}

/** Options of {@link chooseRho}. */
export interface ChooseRhoOptions<T>
  extends Pick<DefendOptions<null>, "grid" | "onTried" | "tuneRate"> {
  init: NamedTensors;
  /** D^Clean, for Fisher values and fine-tuning. */
  clean: readonly T[];
  heldOut: readonly T[];
  /** How weights are ranked and reset. */
  purify: PurifyOptions;
  /** Where Fisher values are computed, if the indicator needs them. Default "init". */
  fisherAt?: FisherPlace | undefined;
  /** Accuracy that may be lost. Default 0.05. */
  tolerance?: number | undefined;
  /** Epochs of fine-tuning after each purification, of 8 rows per step. Default 0. */
  epochs?: number | undefined;
  signal: AbortSignal;
}

/**
 * The smallest reserve ratio that keeps the accuracy of the classifier, which holds the fine-tuned weights, on held-out rows.
 * @throws {PurifyError} as `defendEncoder`
 */
export async function chooseRho<T extends { label: number }>(
  classifier: RowClassifier<T>,
  options: ChooseRhoOptions<T>,
): Promise<ChosenRho<null> & { threshold: number }> {
  const {
    init,
    clean,
    heldOut,
    purify,
    tolerance = 0.05,
    epochs = 0,
    fisherAt = "init",
    grid,
    onTried,
    tuneRate,
    signal,
    ...rest
  } = optionsOf("chooseRho", options);
  refuseUnknown("chooseRho", rest);
  assertShare("chooseRho", "tolerance", tolerance);
  oneOf("chooseRho", "fisherAt", fisherAt, ["init", "finetuned", "midpoint", "average"]);
  const { indicator = "r", largestDrift, seed = 0 } = having("chooseRho", "purify", purify);
  const needsFisher = indicator === "r" || indicator === "fisher";
  const apply = maskedBy(purify, needsFisher ? fisherAt : undefined);
  const threshold = (await rowAccuracy(classifier, heldOut)) - tolerance;
  const chosen = await defendEncoder(
    { id: indicator, name: indicator, hasRho: true, apply },
    {
      classifier,
      init,
      clean,
      heldOut,
      threshold,
      seed,
      signal,
      finetuned: weightsOf(classifier.model),
      counts: [],
      largestDrift,
    },
    {
      grid,
      onTried,
      tuneRate,
      tuneSteps: epochs * Math.max(1, Math.floor(clean.length / 8)),
      measure: async () => null,
    },
  );
  return { ...chosen, threshold };
}

/** The type in which a checkpoint is stored. */
async function storedType(path: string): Promise<"F32" | "F16" | "BF16"> {
  const file = await openCheckpoint(path);
  try {
    const types = file.names.map((name) => file.info(name).dtype);
    const dtype = types.find((type) => type === "F32" || type === "BF16" || type === "F16");
    return dtype === "BF16" || dtype === "F16" ? dtype : "F32";
  } finally {
    await file.close();
  }
}

/**
 * Fine-tunes the encoder of a folder in place, in the element type in which it is stored.
 *
 * @param open a classifier around the loaded model
 * @yields the events of `fit`
 * @throws what `fineTune`, `loadEncoder` and `saveEncoder` throw
 */
export async function* tuneCheckpoint<T extends { label: number }>(
  folder: string,
  open: (model: EncoderModel) => Promise<RowClassifier<T>>,
  rows: readonly T[],
  options: Omit<FineTuneOptions<T>, "loss">,
): AsyncGenerator<FitEvent, void> {
  const { epochs, steps, lr, optimizer, maxGradNorm, afterStep, batchSize, seed, signal, ...rest } =
    optionsOf("tuneCheckpoint", options);
  refuseUnknown("tuneCheckpoint", rest);
  const dtype = await storedType(folder);
  const model = await loadEncoder(folder, { signal });
  try {
    yield* fineTune(model, rows, {
      loss: rowLoss(await open(model)),
      epochs,
      steps,
      lr,
      optimizer,
      maxGradNorm,
      afterStep,
      batchSize,
      seed,
      signal,
    });
    await saveEncoder(folder, model, { dtype, signal });
  } finally {
    model.dispose();
  }
}

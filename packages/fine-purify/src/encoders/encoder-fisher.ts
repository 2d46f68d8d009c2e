import { batchRow, type EncoderBatch, type EncoderModel } from "@deepgrain/lm";
import type { NamedTensors } from "@deepgrain/tensor-gpu";
import { having, oneOf, optionsOf, refuseUnknown } from "../errors";
import { diagonalFisher, type FisherOptions } from "../fisher/diagonal-fisher";
import { type FisherPlace, fisherAt } from "../fisher/fisher-at";
import { type FisherNeed, fisherNeed } from "../fisher/fisher-need";
import type { RowLosses } from "../fisher/per-sample-squares";
import { trueFisherPasses } from "../fisher/true-fisher";
import { batchesOf, type RowClassifier, setWeights } from "./row-classifier";

/** Gradients of the gold labels, or of all classes weighted by the model's probabilities. */
export type FisherKind = "empirical" | "true";

/** An encoder in the form that `diagonalFisher` expects. */
export const encoderRowLosses = (module: EncoderModel): RowLosses<EncoderBatch> => {
  having("encoderRowLosses", "module", module, "config");
  return {
    module,
    rowLosses: (batch) => module.rowLosses(batch),
    rowsOf: ({ batch }) => batch,
    row: batchRow,
  };
};

/** Options of `diagonalFisher` for a type of Fisher information; "true" needs a classifier. */
export const encoderPasses = (
  model: EncoderModel,
  kind: FisherKind,
): Pick<FisherOptions<EncoderBatch>, "passes"> => {
  having("encoderPasses", "model", model, "config");
  if (kind === "empirical") return {};
  const withLabel = (own: EncoderBatch, label: number) => ({
    ...own,
    labels: Array.from({ length: own.batch }, () => label),
  });
  const logits = (own: EncoderBatch) => model.forward(own);
  return { passes: (batch) => trueFisherPasses(batch, { logits, withLabel }) };
};

/**
 * The memory of an encoder's Fisher pass, in bytes.
 * @param options.rows of its largest batch
 * @param options.length tokens of its longest row
 */
export function encoderFisherNeed(
  model: EncoderModel,
  options: { rows: number; length: number; bufferBytes?: number | undefined },
): FisherNeed {
  const { rows, length, bufferBytes, ...rest } = optionsOf("encoderFisherNeed", options);
  refuseUnknown("encoderFisherNeed", rest);
  having("encoderFisherNeed", "model", model, "config", "namedWeights");
  const { hiddenSize, intermediateSize, numHiddenLayers, numAttentionHeads } = model.config;
  const perLayer = 14 * hiddenSize + 3 * intermediateSize + numAttentionHeads;
  return fisherNeed({
    parameters: [...model.namedWeights().values()].map(({ size }) => size),
    activationsPerRow: length * (6 * hiddenSize + numHiddenLayers * perLayer),
    rows,
    bufferBytes,
  });
}

/**
 * The memory of {@link cleanFisher} with the same rows and options, in bytes: that of its pass, and `copies`, what it keeps of
 * weights and values meanwhile, beside the loaded model and the pre-trained weights.
 */
export function cleanFisherNeed<T extends { label: number }>(
  classifier: RowClassifier<T>,
  rows: readonly T[],
  options: { at?: FisherPlace | undefined; size?: number | undefined } = {},
): FisherNeed & { readonly copies: number } {
  const { at = "init", size = 32, ...rest } = optionsOf("cleanFisherNeed", options);
  refuseUnknown("cleanFisherNeed", rest);
  having("cleanFisherNeed", "classifier", classifier, "model", "batch");
  const { model } = classifier;
  const batches = [...batchesOf(classifier, rows, size)];
  const { total, ...need } = encoderFisherNeed(model, {
    rows: Math.max(...batches.map(({ batch }) => batch)),
    length: Math.max(...batches.map(({ length }) => length)),
  });
  const weights = [...model.namedWeights().values()].reduce((sum, one) => sum + 4 * one.size, 0);
  // The fine-tuned weights; the midpoint's, or the values at the first of both places.
  const copies = at === "midpoint" || at === "average" ? 2 * weights : weights;
  return { ...need, copies, total: total + copies };
}

/** Where and how {@link cleanFisher} computes its values. */
export interface CleanFisherOptions {
  init: NamedTensors;
  finetuned: NamedTensors;
  /** Default "init". */
  at?: FisherPlace | undefined;
  /** Default "empirical". */
  kind?: FisherKind | undefined;
  /** Rows of one pass. Default 32. */
  size?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Fisher values of clean rows at one of the places, by Hugging Face's names. Afterwards the model has the fine-tuned
 * weights.
 *
 * @throws {PurifyError} as `diagonalFisher`
 */
export async function cleanFisher<T extends { label: number }>(
  classifier: RowClassifier<T>,
  rows: readonly T[],
  options: CleanFisherOptions,
): Promise<NamedTensors> {
  const {
    init,
    finetuned,
    at = "init",
    kind = "empirical",
    size = 32,
    signal,
    ...rest
  } = optionsOf("cleanFisher", options);
  refuseUnknown("cleanFisher", rest);
  oneOf("cleanFisher", "at", at, ["init", "finetuned", "midpoint", "average"]);
  oneOf("cleanFisher", "kind", kind, ["empirical", "true"]);
  const { model } = classifier;
  const measure = async (weights: NamedTensors) => {
    setWeights(model, weights);
    const { fisher } = await diagonalFisher(
      encoderRowLosses(model),
      batchesOf(classifier, rows, size),
      {
        parameters: model.namedWeights(),
        ...encoderPasses(model, kind),
        signal,
      },
    );
    return fisher;
  };
  try {
    return await fisherAt(at, init, finetuned, measure);
  } finally {
    setWeights(model, finetuned);
  }
}

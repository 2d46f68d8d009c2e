import type { EncoderBatch, EncoderModel } from "@deepgrain/lm";
import { takeTurn } from "@deepgrain/support";
import {
  argmax,
  type NamedTensors,
  noGrad,
  softmax,
  type Tensor,
  tidy,
} from "@deepgrain/tensor-gpu";
import { having, listOf, optionsOf, refuseUnknown } from "../errors";

/** An encoder with a head, and how rows are batched for it. */
export interface RowClassifier<T extends { label: number }> {
  readonly model: EncoderModel;
  /** Rows as a batch with their labels. */
  batch(rows: readonly T[]): EncoderBatch;
}

/** Ids that {@link tokenBatch} puts around rows. */
export interface FrameIds {
  /** First token of every row. */
  cls: number;
  /** Padding. */
  pad: number;
}

/** Rows of token ids as a batch: the first token at the start, padding at the end. */
export function tokenBatch(
  rows: readonly { words: readonly number[]; label: number }[],
  options: FrameIds,
): EncoderBatch {
  listOf("tokenBatch", "rows", rows);

  const { cls, pad } = optionsOf("tokenBatch", options);
  const length = 1 + Math.max(...rows.map(({ words }) => words.length));
  const ids = new Int32Array(rows.length * length).fill(pad);
  const attentionMask = new Int32Array(ids.length);
  for (const [row, { words }] of rows.entries()) {
    ids.set([cls, ...words], row * length);
    attentionMask.fill(1, row * length, row * length + 1 + words.length);
  }
  return { ids, attentionMask, batch: rows.length, length, labels: rows.map(({ label }) => label) };
}

/** Rows split into batches of at most `size`. */
export function* batchesOf<T extends { label: number }>(
  classifier: RowClassifier<T>,
  rows: readonly T[],
  size: number,
): Generator<EncoderBatch> {
  for (let start = 0; start < rows.length; start += size)
    yield classifier.batch(rows.slice(start, start + size));
}

/** Options of a pass over rows. */
export interface PassOptions {
  /** Rows of one batch. Default 64. */
  size?: number | undefined;
  signal?: AbortSignal | undefined;
}

async function valuesOf<T extends { label: number }>(
  classifier: RowClassifier<T>,
  rows: readonly T[],
  read: (logits: Tensor) => Tensor,
  { size = 64, signal }: PassOptions,
): Promise<number[]> {
  const { model } = classifier;
  const values: number[] = [];
  model.eval();
  for (const batch of batchesOf(classifier, rows, size)) {
    await takeTurn();
    signal?.throwIfAborted();
    const own = tidy(() => noGrad(() => read(model.forward(batch))));
    values.push(...(await own.data()));
    own.dispose();
  }
  return values;
}

/** The predicted class of each row, in evaluation mode. */
export const predictRows = <T extends { label: number }>(
  classifier: RowClassifier<T>,
  rows: readonly T[],
  options: PassOptions = {},
): Promise<number[]> => {
  having("predictRows", "classifier", classifier, "model", "batch");
  const { size, signal, ...rest } = optionsOf("predictRows", options);
  refuseUnknown("predictRows", rest);
  return valuesOf(classifier, rows, (logits) => argmax(logits, { dim: 1 }), { size, signal });
};

/** The probability of every class for each row, in evaluation mode. */
export async function rowProbabilities<T extends { label: number }>(
  classifier: RowClassifier<T>,
  rows: readonly T[],
  options: PassOptions = {},
): Promise<number[][]> {
  const { size, signal, ...rest } = optionsOf("rowProbabilities", options);
  refuseUnknown("rowProbabilities", rest);
  const all = await valuesOf(classifier, rows, (logits) => softmax(logits), { size, signal });
  const classes = all.length / rows.length;
  return rows.map((_, row) => all.slice(row * classes, (row + 1) * classes));
}

/** Share of correctly classified rows. */
export async function rowAccuracy<T extends { label: number }>(
  classifier: RowClassifier<T>,
  rows: readonly T[],
): Promise<number> {
  having("rowAccuracy", "classifier", classifier, "model", "batch");
  const classes = await predictRows(classifier, rows);
  return rows.filter(({ label }, i) => classes[i] === label).length / rows.length;
}

/** The mean loss of rows, for training. */
export const rowLoss =
  <T extends { label: number }>({ model, batch }: RowClassifier<T>) =>
  (rows: readonly T[]): Tensor =>
    model.loss(batch(rows));

/** Copies of a model's weights by their Hugging Face names. */
export const weightsOf = (model: EncoderModel): NamedTensors => {
  having("weightsOf", "model", model, "config");
  return new Map(
    [...model.namedWeights()].map(([name, weight]) => [
      name,
      { shape: weight.shape, data: (weight.dataSync() as Float32Array).slice() },
    ]),
  );
};

/** Overwrites the given weights of a model; the others are not changed. */
export function setWeights(model: EncoderModel, weights: NamedTensors): void {
  having("setWeights", "model", model, "config");
  for (const [name, tensor] of model.namedWeights()) {
    const given = weights.get(name);
    if (given) tensor.set(given.data);
  }
}

import type { EncoderBatch, EncoderModel } from "@deepgrain/lm";
import { argmax, type NamedTensors, noGrad, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import { CLS, PAD, type Row } from "./task";

/** Rows as a batch: [CLS] in front, padding behind. */
export function batchOf(rows: readonly Row[]): EncoderBatch {
  const length = 1 + Math.max(...rows.map(({ words }) => words.length));
  const ids = new Int32Array(rows.length * length).fill(PAD);
  const attentionMask = new Int32Array(ids.length);
  for (const [row, { words }] of rows.entries()) {
    ids.set([CLS, ...words], row * length);
    attentionMask.fill(1, row * length, row * length + 1 + words.length);
  }
  return { ids, attentionMask, batch: rows.length, length, labels: rows.map(({ label }) => label) };
}

/** Classes that the model gives rows. */
export async function predict(model: EncoderModel, rows: readonly Row[]): Promise<number[]> {
  const classes: number[] = [];
  model.eval();
  for (let start = 0; start < rows.length; start += 128) {
    const batch = batchOf(rows.slice(start, start + 128));
    const best = tidy(() => noGrad(() => argmax(model.forward(batch), { dim: 1 })));
    classes.push(...(await best.data()));
    best.dispose();
  }
  return classes;
}

/** Share of rows whose class is right. */
export async function accuracyOf(model: EncoderModel, rows: readonly Row[]): Promise<number> {
  const classes = await predict(model, rows);
  return rows.filter(({ label }, i) => classes[i] === label).length / rows.length;
}

/** Copies of a model's weights by name. */
export const weightsOf = (model: EncoderModel): NamedTensors =>
  new Map(
    [...model.namedWeights()].map(([name, weight]) => [
      name,
      { shape: weight.shape, data: (weight.dataSync() as Float32Array).slice() },
    ]),
  );

/** Overwrites those weights of a model that are given. */
export function setWeights(model: EncoderModel, weights: NamedTensors): void {
  for (const [name, tensor] of model.namedWeights()) {
    const given = weights.get(name);
    if (given) tensor.set(given.data);
  }
}

/** The mean loss of rows. */
export const lossOf =
  (model: EncoderModel) =>
  (rows: readonly Row[]): Tensor =>
    model.loss(batchOf(rows));

import type { NamedTensors } from "@deepgrain/tensor-gpu";
import { seededRandom } from "../../src";

/** Weights by name from plain numbers. */
export const weights = (
  tensors: Record<string, { shape: number[]; data: number[] }>,
): NamedTensors =>
  new Map(
    Object.entries(tensors).map(([name, { shape, data }]) => [
      name,
      { shape, data: Float32Array.from(data) },
    ]),
  );

/** A vector without a part of its own, for cases worked by hand. */
export const vector = (...data: number[]): NamedTensors =>
  weights({ w: { shape: [data.length], data } });

/** Random weights of a small encoder, moved by random steps. */
export function randomPair(seed: number): {
  init: NamedTensors;
  finetuned: NamedTensors;
  fisher: NamedTensors;
} {
  const random = seededRandom(seed);
  const shapes: Record<string, number[]> = {
    "bert.embeddings.word_embeddings.weight": [11, 4],
    "bert.encoder.layer.0.attention.self.query.weight": [4, 4],
    "bert.encoder.layer.0.output.dense.bias": [4],
    "classifier.weight": [2, 4],
  };
  const make = (value: (name: string, i: number) => number): NamedTensors =>
    new Map(
      Object.entries(shapes).map(([name, shape]) => [
        name,
        {
          shape,
          data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) =>
            value(name, i),
          ),
        },
      ]),
    );
  const init = make(() => random() - 0.5);
  const finetuned = make((name, i) => init.get(name)!.data[i]! + (random() - 0.5) * 0.1);
  return { init, finetuned, fisher: make(() => random() ** 4) };
}

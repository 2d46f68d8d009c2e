import { takeTurn } from "@deepgrain/support";
import { shuffled } from "../../federation/random/draws";
import type { Random } from "../../federation/random/stream";
import { headGradient } from "../local/class-gradients";
import type { Head } from "../local/heads";

/**
 * Trains a linear head on fixed features by plain SGD.
 *
 * @param head the initial head; its arrays are copied
 * @param features shape [rows, d]
 * @returns the trained head
 */
export async function trainHead(
  { weight: firstWeight, bias: firstBias, classes }: Head,
  features: Float32Array,
  labels: ArrayLike<number>,
  {
    lr,
    epochs,
    batchSize,
    random,
    signal,
  }: {
    lr: number;
    epochs: number;
    batchSize: number;
    random: Random;
    signal?: AbortSignal | undefined;
  },
): Promise<Head> {
  const head = { weight: firstWeight.slice(), bias: firstBias.slice(), classes };
  const width = head.weight.length / classes;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = shuffled(
      Array.from(labels, (_, row) => row),
      random,
    );
    for (let from = 0; from < order.length; from += batchSize) {
      await takeTurn();
      signal?.throwIfAborted();
      const rows = order.slice(from, from + batchSize);
      const batch = new Float32Array(rows.length * width);
      rows.forEach((row, i) => {
        batch.set(features.subarray(row * width, (row + 1) * width), i * width);
      });
      const gradient = headGradient(
        batch,
        rows.map((row) => labels[row]!),
        head,
      );
      for (const part of ["weight", "bias"] as const)
        for (let i = 0; i < head[part].length; i++) head[part][i]! -= lr * gradient[part][i]!;
    }
  }
  return head;
}

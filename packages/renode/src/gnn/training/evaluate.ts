import { noGrad, tidy } from "@deepgrain/tensor-gpu";
import type { GraphBatch } from "../data/graph-batch";
import type { NodeData } from "../data/node-data";
import { type ClassificationScores, classificationScores } from "../metrics/classification-scores";
import type { GraphModel } from "../models/graph-model";

/** Logits of all nodes in evaluation mode, row-major, shape [N, classes]. */
export async function logitsOf(model: GraphModel, batch: GraphBatch): Promise<Float32Array> {
  model.eval();
  const logits = tidy(() => noGrad(() => model.forward(batch)));
  const values = (await logits.data()) as Float32Array;
  logits.dispose();
  model.train();
  return values;
}

/** The class of the largest logit per row, of equal logits the first; −1 where a logit is NaN. */
export function predictedClasses(logits: Float32Array, classes: number): Int32Array {
  return Int32Array.from({ length: logits.length / classes }, (_, row) => {
    let best = 0;
    for (let c = 0; c < classes; c++) {
      const value = logits[row * classes + c]!;
      if (Number.isNaN(value)) return -1;
      if (value > logits[row * classes + best]!) best = c;
    }
    return best;
  });
}

/** Scores over some nodes, null for none. */
export function scoresOn(
  predictions: Int32Array,
  { classes }: NodeData,
  nodes: Int32Array,
): ClassificationScores | null {
  if (nodes.length === 0) return null;
  const pick = (list: Int32Array) => Int32Array.from(nodes, (node) => list[node]!);
  return classificationScores(pick(predictions), pick(classes));
}

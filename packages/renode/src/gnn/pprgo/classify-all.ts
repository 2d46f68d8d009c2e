import { noGrad, tensor, tidy } from "@deepgrain/tensor-gpu";
import { wholeGraph } from "../data/edge-block";
import { type Features, featureRows } from "../data/features";
import { GraphBatch } from "../data/graph-batch";
import type { NodeData } from "../data/node-data";
import { disposeOperator, laplacianOperator, propagate } from "../data/operator";
import { predictedClasses } from "../training/evaluate";
import type { Perceptron } from "./perceptron";

/** Nodes classified at a time. */
const CHUNK = 8192;

/** The features of some nodes, without edges. */
export function featureBatch(features: Features, nodes: Int32Array): GraphBatch {
  const none = new Int32Array(0);
  const degree = new Float64Array(nodes.length);
  const block = {
    size: nodes.length,
    target: none,
    source: none,
    weight: null,
    share: null,
    degree,
  };
  return new GraphBatch(block, featureRows(features, nodes));
}

/** The perceptron's logits of all nodes, in chunks, row-major [N, C]. */
async function ownLogits(model: Perceptron, { features, classNames }: NodeData) {
  const logits = new Float32Array(features.rows * classNames.length);
  for (let from = 0; from < features.rows; from += CHUNK) {
    const size = Math.min(CHUNK, features.rows - from);
    const batch = featureBatch(
      features,
      Int32Array.from({ length: size }, (_, i) => from + i),
    );
    const chunk = tidy(() => noGrad(() => model.forward(batch.times)));
    logits.set(await chunk.data(), from * classNames.length);
    chunk.dispose();
    batch.dispose();
  }
  return logits;
}

/**
 * Classes of all nodes after `steps` times Z := (1 − restart)·D^(−1/2)·A·D^(−1/2)·Z + restart·H from Z = H, H the perceptron's
 * logits.
 * @see Bojchevski et al. 2020, section 3.3
 */
export async function classifyAll(
  model: Perceptron,
  data: NodeData,
  restart: number,
  steps: number,
): Promise<Int32Array> {
  const classes = data.classNames.length;
  const logits = await ownLogits(model, data);
  const laplacian = laplacianOperator(wholeGraph(data.graph)); // the adjacency with the opposite sign
  const z = tidy(() => {
    const start = tensor(logits, { shape: [data.graph.order, classes] });
    let now = start;
    for (let step = 0; step < steps; step++)
      now = propagate(laplacian, now)
        .mul(restart - 1)
        .add(start.mul(restart));
    return now;
  });
  const predictions = predictedClasses((await z.data()) as Float32Array, classes);
  z.dispose();
  disposeOperator(laplacian);
  return predictions;
}

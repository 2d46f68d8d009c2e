import { takeTurn } from "@deepgrain/support";
import { backward, optim, tensor, tidy } from "@deepgrain/tensor-gpu";
import { personalizedPagerank } from "../../pagerank/personalized-pagerank";
import type { GraphBatch } from "../data/graph-batch";
import type { NodeData } from "../data/node-data";
import { disposeOperator, type Operator, operatorOf, propagate } from "../data/operator";
import type { NodeLoss } from "../losses/node-losses";
import type { NodeSplit } from "../splits/node-split";
import { scoresOn } from "../training/evaluate";
import { drawnGenerator, lossFor, weightsOrOnes } from "../training/training-run";
import { classifyAll, featureBatch } from "./classify-all";
import { Perceptron } from "./perceptron";
import {
  checkedSplit,
  type PprgoEndEvent,
  type PprgoEpochEvent,
  type PprgoOptions,
  type PprgoSettings,
  pprgoSettings,
} from "./pprgo-options";

/** The pushed rows of the training nodes over the nodes that they reach. */
function supportOf(
  { graph }: NodeData,
  train: Int32Array,
  { restart, epsilon, topK }: PprgoSettings,
) {
  const rows = personalizedPagerank.rows(graph, Array.from(train), {
    method: "push",
    selfLoops: false,
    restart,
    epsilon,
    topK,
  });
  const nodes = Int32Array.from(new Set(rows.indices)).sort();
  const places = new Map(Array.from(nodes, (node, i) => [node, i]));
  const target = new Int32Array(rows.indices.length);
  for (let r = 0; r < train.length; r++) target.fill(r, rows.offsets[r], rows.offsets[r + 1]);
  const source = rows.indices.map((node) => places.get(node)!);
  const influence = operatorOf(target, source, train.length, nodes.length, (e) => rows.values[e]!);
  return { nodes, influence };
}

interface PprgoRun {
  readonly model: Perceptron;
  readonly optimizer: optim.AdamW;
  readonly batch: GraphBatch;
  readonly influence: Operator;
  readonly loss: NodeLoss;
  readonly targets: Int32Array;
  readonly weights: Float32Array;
  readonly weightDecay: number;
}

async function pprgoStep({
  model,
  optimizer,
  batch,
  influence,
  loss,
  targets,
  weights,
  weightDecay,
}: PprgoRun): Promise<number> {
  const value = tidy(() => {
    const logits = propagate(influence, model.forward(batch.times));
    const data = loss(logits, tensor(targets)).mul(tensor(weights)).sum();
    const squares = model.first.square().sum().add(model.second.square().sum());
    backward(data.add(squares.mul(weightDecay / 2)));
    return data.detach();
  });
  optimizer.step();
  optimizer.zeroGrad();
  const number = await value.item();
  value.dispose();
  return number;
}

function startRun(data: NodeData, split: NodeSplit, options: PprgoSettings): PprgoRun {
  const { random, hidden, dropout, lr, weightDecay } = options;
  const loss = lossFor(data, split.train, options.loss, options.lossOptions);
  const { nodes, influence } = supportOf(data, split.train, options);
  const { features, classNames, classes } = data;
  const generator = drawnGenerator(random);
  const model = new Perceptron(features.cols, hidden, classNames.length, dropout, generator);
  return {
    model,
    optimizer: new optim.AdamW(model.parameters(), { lr, weightDecay: 0 }),
    batch: featureBatch(features, nodes),
    influence,
    loss,
    targets: Int32Array.from(split.train, (node) => classes[node]!),
    weights: weightsOrOnes(options.nodeWeights, split.train.length),
    weightDecay,
  };
}

/**
 * Trains PPRGo, for graphs too large for layer-wise training: a perceptron per node, and per training node one weighted sum over
 * the nodes that influence it most. Training reads the features of those nodes only.
 *
 * Z_v = Σ_x P̂_{v,x}·MLP(X_x), loss = Σ_v w_v·loss_v
 *
 * @returns an event per epoch, then `train-end` with the scores after the last epoch
 * @throws {RenodeError} `ERR_ARGUMENT`, `ERR_SHAPE`, `ERR_RANGE`
 * @see Bojchevski et al. 2020, "Scaling Graph Neural Networks with Approximate PageRank"; Chen et al. 2021, section 4.4
 */
export async function* trainPprgo(
  data: NodeData,
  options: PprgoOptions,
): AsyncGenerator<PprgoEpochEvent | PprgoEndEvent> {
  const settings = pprgoSettings(options);
  const { epochs, restart, inferenceSteps, signal } = settings;
  const split = checkedSplit(data, settings);
  const run = startRun(data, split, settings);
  try {
    for (let epoch = 1; epoch <= epochs; epoch++) {
      await takeTurn();
      signal?.throwIfAborted();
      yield { type: "epoch-end", epoch, loss: await pprgoStep(run) };
    }
    run.model.eval();
    const predictions = await classifyAll(run.model, data, restart, inferenceSteps);
    yield {
      type: "train-end",
      epochs,
      validation: scoresOn(predictions, data, split.validation),
      test: scoresOn(predictions, data, split.test),
      predictions,
    };
  } finally {
    run.batch.dispose();
    run.optimizer.dispose();
    run.model.dispose();
    disposeOperator(run.influence);
  }
}

import {
  backward,
  dropout,
  Generator,
  nn,
  noGrad,
  optim,
  relu,
  type Tensor,
  tensor,
  tidy,
} from "@deepgrain/tensor-gpu";
import { assertRange } from "../../checks";
import { RenodeError } from "../../errors";
import { personalizedPagerank } from "../../pagerank/personalized-pagerank";
import { wholeGraph } from "../data/edge-block";
import { type Features, featureRows } from "../data/features";
import { GraphBatch, type Multiply } from "../data/graph-batch";
import type { NodeData } from "../data/node-data";
import {
  disposeOperator,
  laplacianOperator,
  type Operator,
  operatorOf,
  propagate,
} from "../data/operator";
import { glorot } from "../layers/glorot";
import { type LossName, type LossOptions, type NodeLoss, nodeLoss } from "../losses/node-losses";
import type { ClassificationScores } from "../metrics/classification-scores";
import type { NodeSplit } from "../splits/node-split";
import { predictedClasses, scoresOn } from "./evaluate";

export interface PprgoOptions {
  /** Uniform in [0, 1): seeds weights and dropout. */
  random: () => number;
  /** Default: the data's own split. */
  split?: NodeSplit;
  loss?: LossName;
  lossOptions?: Omit<LossOptions, "counts">;
  /** ReNode's weight of each training node, shape [train] (default: all 1). */
  nodeWeights?: ArrayLike<number>;
  /** Chance to return, above 0 and at most 1 (default 0.15). */
  restart?: number;
  /** Closeness of the pushed rows (default 1e-4). */
  epsilon?: number;
  /** Entries kept per row (default: all; PPRGo's usual choice is 32). */
  topK?: number;
  /** Width of the hidden layer (default 32). */
  hidden?: number;
  /** In [0, 1) (default 0.1). */
  dropout?: number;
  /** Default 5e-3. */
  lr?: number;
  /** L2 penalty (default 1e-4). */
  weightDecay?: number;
  /** Default 800, each over all training nodes at once. */
  epochs?: number;
  /** Steps of propagation when all nodes are classified (default 2). */
  inferenceSteps?: number;
  signal?: AbortSignal;
}

export interface PprgoEpochEvent {
  readonly type: "epoch-end";
  readonly epoch: number;
  /** Sum over the training nodes. */
  readonly loss: number;
}

export interface PprgoEndEvent {
  readonly type: "train-end";
  readonly epochs: number;
  readonly validation: ClassificationScores | null;
  readonly test: ClassificationScores | null;
  /** Class number of every node, shape [N]. */
  readonly predictions: Int32Array;
}

/** Nodes classified at a time. */
const CHUNK = 8192;

/** Two layers without bias. @see Bojchevski et al. 2020, section 3 */
class Perceptron extends nn.Module {
  first: Tensor;
  second: Tensor;

  constructor(
    inputs: number,
    hidden: number,
    classes: number,
    private readonly _rate: number,
    private readonly _generator: Generator,
  ) {
    super();
    this.first = glorot(inputs, hidden, _generator);
    this.second = glorot(hidden, classes, _generator);
  }

  forward(times: Multiply): Tensor {
    const { training, _generator: generator } = this;
    const hidden = dropout(relu(times(this.first)), this._rate, { training, generator });
    return hidden.matmul(this.second);
  }
}

/** The pushed rows of the training nodes over the nodes that they reach. */
function supportOf({ graph }: NodeData, train: Int32Array, options: PprgoOptions) {
  const { restart = 0.15, epsilon = 1e-4, topK } = options;
  const rows = personalizedPagerank.rows(graph, Array.from(train), {
    method: "push",
    restart,
    epsilon,
    ...(topK === undefined ? {} : { topK }),
  });
  const nodes = Int32Array.from(new Set(rows.indices)).sort();
  const places = new Map(Array.from(nodes, (node, i) => [node, i]));
  const target = new Int32Array(rows.indices.length);
  for (let r = 0; r < train.length; r++) target.fill(r, rows.offsets[r], rows.offsets[r + 1]);
  const source = rows.indices.map((node) => places.get(node)!);
  const influence = operatorOf(target, source, train.length, nodes.length, (e) => rows.values[e]!);
  return { nodes, influence };
}

/** A batch without edges: features alone. */
function featureBatch(features: Features, nodes: Int32Array): GraphBatch {
  const none = new Int32Array(0);
  const block = {
    size: nodes.length,
    target: none,
    source: none,
    weight: null,
    share: null,
    degree: new Float64Array(nodes.length),
  };
  return new GraphBatch(block, featureRows(features, nodes));
}

/** Own logits of all nodes, in chunks, row-major [N, C]. */
async function ownLogits(
  model: Perceptron,
  { features, classNames }: NodeData,
): Promise<Float32Array> {
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

/** Z := (1 − restart)·D^(−1/2)·A·D^(−1/2)·Z + restart·H for a few steps from Z = H. */
async function classifyAll(
  model: Perceptron,
  data: NodeData,
  restart: number,
  steps: number,
): Promise<Int32Array> {
  const classes = data.classNames.length;
  const logits = await ownLogits(model, data);
  const laplacian = laplacianOperator(wholeGraph(data.graph)); // its entries have the opposite sign
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

function checkedSplit(
  data: NodeData,
  { split = data.split, nodeWeights, epochs = 800 }: PprgoOptions,
): NodeSplit {
  if (!split)
    throw new RenodeError("ERR_ARGUMENT", "renode/trainPprgo: the data has no split: give one");
  assertRange(
    split.train.length > 0,
    "trainPprgo",
    "split.train",
    "at least one node",
    split.train.length,
  );
  assertRange(
    Number.isInteger(epochs) && epochs > 0,
    "trainPprgo",
    "epochs",
    "an integer from 1",
    epochs,
  );
  if (nodeWeights && nodeWeights.length !== split.train.length)
    throw new RenodeError(
      "ERR_SHAPE",
      `renode/trainPprgo: nodeWeights must hold ${split.train.length} weights, one per training node, got ${nodeWeights.length}`,
    );
  return split;
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

function startRun(data: NodeData, split: NodeSplit, options: PprgoOptions): PprgoRun {
  const {
    random,
    loss = "ce",
    lossOptions,
    nodeWeights,
    hidden = 32,
    lr = 5e-3,
    weightDecay = 1e-4,
  } = options;
  const classes = data.classNames.length;
  const counts = new Int32Array(classes);
  for (const node of split.train) counts[data.classes[node]!]!++;
  const losses = nodeLoss(loss, { ...lossOptions, counts });
  const generator = new Generator(Math.floor(random() * 2 ** 32));
  const { nodes, influence } = supportOf(data, split.train, options);
  const model = new Perceptron(
    data.features.cols,
    hidden,
    classes,
    options.dropout ?? 0.1,
    generator,
  );
  return {
    model,
    optimizer: new optim.AdamW(model.parameters(), { lr, weightDecay: 0 }),
    batch: featureBatch(data.features, nodes),
    influence,
    loss: losses,
    targets: Int32Array.from(split.train, (node) => data.classes[node]!),
    weights: nodeWeights
      ? Float32Array.from(nodeWeights)
      : new Float32Array(split.train.length).fill(1),
    weightDecay,
  };
}

/**
 * Trains PPRGo, for graphs too large for layer after layer: a perceptron per node, and per training node one weighted sum over
 * the nodes that influence it most. Only those nodes' features are read while training.
 *
 * Z_v = Σ_x P̂_{v,x}·MLP(X_x), loss = Σ_v w_v·loss_v
 *
 * @returns an event per epoch, then `train-end` with the scores after the last
 * @throws {RenodeError} `ERR_ARGUMENT`, `ERR_SHAPE`, `ERR_RANGE`
 * @see Bojchevski et al. 2020, "Scaling Graph Neural Networks with Approximate PageRank"; Chen et al. 2021, section 4.4
 */
export async function* trainPprgo(
  data: NodeData,
  options: PprgoOptions,
): AsyncGenerator<PprgoEpochEvent | PprgoEndEvent> {
  const { epochs = 800, restart = 0.15, inferenceSteps = 2, signal } = options;
  const split = checkedSplit(data, options);
  const run = startRun(data, split, options);
  try {
    for (let epoch = 1; epoch <= epochs; epoch++) {
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

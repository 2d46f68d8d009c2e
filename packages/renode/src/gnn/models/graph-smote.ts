import {
  bceWithLogits,
  cat,
  type Generator,
  rand,
  sigmoid,
  type Tensor,
  tensor,
} from "@deepgrain/tensor-gpu";
import { having, optionsOf, refuseUnknown } from "../../errors";
import type { Adjacency } from "../../graph/adjacency";
import type { GraphBatch } from "../data/graph-batch";
import { glorot } from "../layers/glorot";
import { GraphModel, type ModelSizes, rowsOf, type TrainingView } from "./graph-model";
import { SageLayer } from "./graph-sage";

export interface GraphSmoteOptions extends ModelSizes {
  readonly graph: Adjacency;
  /** Class number of each training node, in the order of the split, shape [L]. */
  readonly trainClasses: ArrayLike<number>;
  /** Uniform in [0, 1): selects nodes to copy and pairs without an edge. */
  readonly random: () => number;
  /** Weight of the edge decoder's loss, from 0 (default 0.1, our choice). */
  readonly edgeWeight?: number | undefined;
  /** New nodes per class, as a share of its difference in size to the largest class, at least 0 (default 1). */
  readonly portion?: number | undefined;
}

type SmoteSettings = Required<Pick<GraphSmoteOptions, "graph" | "trainClasses" | "random">> & {
  readonly edgeWeight: number;
  readonly portion: number;
};

/** Marks "same node" and "other class" in the search for the nearest node. */
const [SELF, OTHER_CLASS] = [1e6, 1e9];
/** Decoded edges below this are dropped. */
const THRESHOLD = 0.5;

/** Positions in the training list from which new nodes start: each class gets `portion` of what it lacks to the largest. */
function seedPlaces({ trainClasses, portion, random }: SmoteSettings): Int32Array {
  const places = new Map<number, number[]>();
  for (let v = 0; v < trainClasses.length; v++) {
    const list = places.get(trainClasses[v]!) ?? [];
    places.set(trainClasses[v]!, [...list, v]);
  }
  const most = Math.max(...[...places.values()].map((list) => list.length));
  const seeds: number[] = [];
  for (const list of places.values()) {
    const lacking = Math.round((most - list.length) * portion);
    for (let i = 0; i < lacking; i++) seeds.push(list[Math.floor(random() * list.length)]!);
  }
  return Int32Array.from(seeds);
}

/** All edges in both directions and as many random pairs, with 1 for an edge. */
function edgePairs({ graph: { order, offsets, targets }, random }: SmoteSettings) {
  const edges = targets.length;
  const [from, to] = [new Int32Array(2 * edges), new Int32Array(2 * edges)];
  for (let i = 0; i < order; i++) from.fill(i, offsets[i]!, offsets[i + 1]!);
  to.set(targets);
  for (let e = edges; e < 2 * edges; e++) {
    from[e] = Math.floor(random() * order);
    to[e] = Math.floor(random() * order);
  }
  return { from, to, isEdge: Float32Array.from(from, (_, e) => Number(e < edges)) };
}

/**
 * GraphSMOTE, in our interpretation: a GraphSAGE layer embeds nodes; each class smaller than the largest gets new nodes, a random
 * step from a training node towards its nearest training node of the same class; a decoder σ(h·S·hᵀ) predicts from which
 * nodes a new one receives messages (where it is at least ½); a second GraphSAGE layer classifies real and new nodes together.
 *
 * Where this differs from the original: new nodes receive messages but send none; the decoder is trained by binary
 * cross-entropy on all edges and as many random pairs instead of a squared error on the dense matrix; all parts are trained
 * together from the start.
 *
 * @see Zhao, Zhang, Wang 2021, "GraphSMOTE: Imbalanced Node Classification on Graphs with Graph Neural Networks", section 4
 */
export class GraphSmote extends GraphModel {
  encoder: SageLayer;
  decoder: Tensor;
  classifier: SageLayer;
  readonly _options: SmoteSettings;

  constructor(options: GraphSmoteOptions) {
    const {
      features,
      classes,
      hidden = 32,
      dropout,
      generator,
      graph,
      trainClasses,
      random,
      edgeWeight = 0.1,
      portion = 1,
      ...rest
    } = optionsOf("GraphSmote", options);
    refuseUnknown("GraphSmote", rest);
    super({ features, classes, hidden, dropout, generator });
    having("GraphSmote", "options", options, "graph", "trainClasses");
    this._options = { graph, trainClasses, random, edgeWeight, portion };
    this.encoder = new SageLayer(features, hidden, generator);
    this.decoder = glorot(hidden, hidden, generator);
    this.classifier = new SageLayer(hidden, classes, generator);
  }

  private embed(batch: GraphBatch): Tensor {
    return this.activate(this.encoder.forward(batch.times, batch.mean));
  }

  override forward(batch: GraphBatch): Tensor {
    return this.classifier.forward(rowsOf(this.embed(batch)), batch.mean);
  }

  override trainingLoss(batch: GraphBatch, view: TrainingView): Tensor {
    const { rows, targets, weights, margins, nodeLoss } = view;
    const h = this.embed(batch);
    const real = this.classifier.forward(rowsOf(h), batch.mean).indexSelect(0, rows);
    const seeds = seedPlaces(this._options);
    const edges = this.edgeLoss(h).mul(this._options.edgeWeight);
    const moved = margins ? real.add(margins) : real;
    if (seeds.length === 0) return nodeLoss(moved, targets).mul(weights).mean().add(edges);
    const places = tensor(seeds);
    const made = this.newNodes(h, h.indexSelect(0, rows), targets, places);
    const losses = cat([
      nodeLoss(moved, targets).mul(weights),
      nodeLoss(made, targets.indexSelect(0, places)).mul(weights.indexSelect(0, places)),
    ]);
    return losses.mean().add(edges);
  }

  /** Logits of one new node per seed, shape [seeds, classes]. */
  private newNodes(h: Tensor, train: Tensor, targets: Tensor, places: Tensor): Tensor {
    const start = train.indexSelect(0, places);
    const end = train.indexSelect(0, nearestOfClass(train, targets).indexSelect(0, places));
    const step = rand([places.size, 1], { generator: this._generator as Generator });
    const made = start.add(end.sub(start).mul(step)); // [seeds, hidden]
    const scores = sigmoid(made.matmul(this.decoder).matmul(h.transpose())); // [seeds, nodes]
    const kept = scores.maskedFill(scores.lt(THRESHOLD), 0);
    const heard = kept.matmul(h).div(kept.sum({ dim: 1, keepDim: true }).maximum(1e-6));
    const { neighbours, own, bias } = this.classifier;
    return heard.matmul(neighbours).add(made.matmul(own)).add(bias);
  }

  private edgeLoss(h: Tensor): Tensor {
    const { from, to, isEdge } = edgePairs(this._options);
    const senders = h.matmul(this.decoder).indexSelect(0, tensor(from));
    const scores = senders.mul(h.indexSelect(0, tensor(to))).sum({ dim: 1 });
    return bceWithLogits(scores, tensor(isEdge));
  }
}

/** Position of the nearest training node of the same class; its own where the class has no other; int32, shape [L]. */
function nearestOfClass(train: Tensor, targets: Tensor): Tensor {
  const rows = train.detach();
  const squares = rows.square().sum({ dim: 1 });
  const distances = squares
    .unsqueeze(1)
    .add(squares.unsqueeze(0))
    .sub(rows.matmul(rows.transpose()).mul(2));
  const isOther = targets.unsqueeze(1).ne(targets.unsqueeze(0));
  const numbers = tensor(Int32Array.from({ length: targets.size }, (_, v) => v));
  const isSelf = numbers.unsqueeze(1).eq(numbers.unsqueeze(0));
  return distances.maskedFill(isSelf, SELF).maskedFill(isOther, OTHER_CLASS).argmin({ dim: 1 });
}

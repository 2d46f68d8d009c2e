import {
  type Csr,
  crossEntropy,
  csrFromEdges,
  type Generator,
  nn,
  optim,
  relu,
  segmentSum,
  type Tensor,
  tensor,
} from "@deepgrain/tensor-gpu";
import type { CitationGraph } from "./citation-graph";
import type { Workload } from "./workload";

interface GcnSizes {
  /** Width of the hidden layer. */
  hidden: number;
  /** Whether documents are rows of zeros and ones instead of lists of words. The results are the same. */
  isDense: boolean;
}

interface Propagation {
  csr: Csr;
  /** shape [entries] */
  weights: Tensor;
}

const kept = (values: Float32Array | Int32Array, shape: readonly number[]): Tensor => {
  const out = tensor(values, { shape, dtype: values instanceof Int32Array ? "int32" : "float32" });
  out.isKept = true;
  return out;
};

/** D^(−1/2)·(A + I)·D^(−1/2). @see Kipf and Welling 2017, equation 2 */
function propagation({ nodes, source, target }: CitationGraph): Propagation {
  const own = Int32Array.from({ length: nodes }, (_, node) => node);
  const [from, to] = [Int32Array.of(...source, ...own), Int32Array.of(...target, ...own)];
  const degree = new Float64Array(nodes);
  for (const node of to) degree[node]!++;
  const { order, ...csr } = csrFromEdges(to, from, nodes, nodes);
  const weight = (edge: number) => 1 / Math.sqrt(degree[from[edge]!]! * degree[to[edge]!]!);
  return { csr, weights: kept(Float32Array.from(order, weight), [order.length]) };
}

/** Documents times a matrix with a row a word. */
function documentProduct(graph: CitationGraph, isDense: boolean): (weight: Tensor) => Tensor {
  const { nodes, words, document, word } = graph;
  const seen = new Set<number>();
  document.forEach((node, i) => {
    seen.add(node * words + word[i]!);
  });
  const pairs = [...seen];
  if (!isDense) {
    const rows = pairs.map((pair) => Math.floor(pair / words));
    const columns = pairs.map((pair) => pair % words);
    const csr = csrFromEdges(rows, columns, nodes, words);
    return (weight) => segmentSum(weight, csr);
  }
  const values = new Float32Array(nodes * words);
  for (const pair of pairs) values[pair] = 1;
  const features = kept(values, [nodes, words]);
  return (weight) => features.matmul(weight);
}

class Gcn extends nn.Module {
  first: Tensor;
  firstBias: Tensor;
  second: nn.Linear;

  constructor({ words, classes }: CitationGraph, hidden: number, init: nn.InitOptions) {
    super();
    const first = new nn.Linear(words, hidden, init);
    this.first = nn.parameter(first.weight.detach().transpose().contiguous());
    this.firstBias = first.bias!;
    this.second = new nn.Linear(hidden, classes, init);
    first.weight.dispose();
  }

  /** @returns shape [nodes, classes] */
  forward(multiply: (weight: Tensor) => Tensor, { csr, weights }: Propagation): Tensor {
    const hidden = relu(segmentSum(multiply(this.first), csr, weights).add(this.firstBias));
    const { weight, bias } = this.second;
    return segmentSum(hidden.matmul(weight.transpose()), csr, weights).add(bias!);
  }
}

/** A graph convolutional network of two layers, trained by Adam on all labelled nodes at once. */
export function gcn(
  graph: CitationGraph,
  { hidden, isDense }: GcnSizes,
  generator: Generator,
): Workload {
  const model = new Gcn(graph, hidden, { generator });
  const multiply = documentProduct(graph, isDense);
  const edges = propagation(graph);
  const labels = kept(graph.labels, [graph.nodes]);
  return {
    unit: "nodes",
    unitsPerStep: graph.nodes,
    parameters: model.parameters(),
    optimizer: new optim.AdamW(model.parameters(), { lr: 1e-2, weightDecay: 0 }),
    forward: () => crossEntropy(model.forward(multiply, edges), labels, { ignoreIndex: -100 }),
  };
}

import { degreesOf } from "../graph/degrees";
import type { IndexedGraph } from "../graph/index-graph";
import type { Steps } from "../steps";
import type { InfluenceSettings } from "./options";
import type { SparseRow, Start } from "./sparse-rows";

/** Scratch memory for one push, reused by the next; all zeros in between. */
interface Scratch {
  readonly settled: Float64Array;
  readonly residual: Float64Array;
  readonly isQueued: Uint8Array;
  /** A ring buffer that contains each node at most once. */
  readonly queue: Int32Array;
  /** Nodes that were reached. */
  readonly touched: number[];
  readonly isTouched: Uint8Array;
}

const createScratch = (order: number): Scratch => ({
  settled: new Float64Array(order),
  residual: new Float64Array(order),
  isQueued: new Uint8Array(order),
  queue: new Int32Array(order + 1),
  touched: [],
  isTouched: new Uint8Array(order),
});

/** Pushes until no residual reaches restart·epsilon·degree. */
function push(
  { adjacency, order }: IndexedGraph,
  degrees: Float64Array,
  start: Start,
  { restart, epsilon, selfLoops }: InfluenceSettings,
  { settled, residual, isQueued, queue, touched, isTouched }: Scratch,
): void {
  const { offsets, targets, weights } = adjacency;
  let [head, tail] = [0, 0];
  const receive = (node: number, amount: number, limit: number) => {
    residual[node]! += amount;
    if (isTouched[node] === 0) {
      isTouched[node] = 1;
      touched.push(node);
    }
    if (isQueued[node] === 1 || residual[node]! < limit) return;
    isQueued[node] = 1;
    queue[tail] = node;
    tail = tail === order ? 0 : tail + 1;
  };
  const floor = restart * epsilon;
  for (const [e, node] of start.indices.entries()) receive(node, restart * start.values[e]!, 0);
  while (head !== tail) {
    const node = queue[head]!;
    head = head === order ? 0 : head + 1;
    isQueued[node] = 0;
    const amount = residual[node]!;
    residual[node] = 0;
    const [from, end] = [offsets[node]!, offsets[node + 1]!];
    if (from === end) {
      settled[node]! += amount / restart; // the walk can only stay
      continue;
    }
    settled[node]! += amount;
    const each = ((1 - restart) * amount) / degrees[node]!;
    if (selfLoops) receive(node, each, floor * degrees[node]!);
    for (let e = from; e < end; e++) {
      const target = targets[e]!;
      receive(target, weights ? each * weights[e]! : each, floor * degrees[target]!);
    }
  }
}

/** The settled entries in order of node, scaled for the symmetric normalisation; resets the scratch to zeros. */
function collect(
  degrees: Float64Array,
  scale: number,
  settings: InfluenceSettings,
  { settled, residual, touched, isTouched }: Scratch,
): SparseRow {
  const isSymmetric = settings.normalization === "symmetric";
  let nodes = Int32Array.from(touched.filter((node) => settled[node]! > 0));
  const valueAt = (node: number) =>
    isSymmetric ? (settled[node]! * scale) / Math.sqrt(degrees[node]!) : settled[node]!;
  if (nodes.length > settings.topK)
    nodes = nodes.sort((a, b) => valueAt(b) - valueAt(a) || a - b).slice(0, settings.topK);
  nodes.sort();
  const row = { indices: nodes, values: Float64Array.from(nodes, valueAt) };
  for (const node of touched) {
    settled[node] = 0;
    residual[node] = 0;
    isTouched[node] = 0;
  }
  touched.length = 0;
  return row;
}

/**
 * Rows by local push, each at a cost of about 1 / (restart·epsilon) edges, independent of the size of the graph.
 *
 * @see Andersen, Chung, Lang 2006, "Local graph partitioning using PageRank vectors", section 3
 */
export function* pushRows(
  graph: IndexedGraph,
  starts: readonly Start[],
  settings: InfluenceSettings,
  _place: string,
): Steps<SparseRow[]> {
  const degrees = degreesOf(graph.adjacency, settings.selfLoops);
  const scratch = createScratch(graph.order);
  const isSymmetric = settings.normalization === "symmetric";
  const rows: SparseRow[] = [];
  for (const start of starts) {
    // P = D^(1/2)·walk·D^(−1/2): the start is scaled before the walk, the entries after it.
    const { indices } = start;
    const scaled = isSymmetric
      ? start.values.map((share, e) => share * Math.sqrt(degrees[indices[e]!]!))
      : start.values;
    const mass = scaled.reduce((sum, share) => sum + share, 0);
    const values = scaled.map((share) => share / mass);
    push(graph, degrees, { indices, values }, settings, scratch);
    const row = collect(degrees, mass, settings, scratch);
    if (!isSymmetric && mass !== 1)
      for (let e = 0; e < row.values.length; e++) row.values[e]! *= mass;
    rows.push(row);
    yield { type: "progress", stage: "push", done: rows.length, total: starts.length };
  }
  return rows;
}

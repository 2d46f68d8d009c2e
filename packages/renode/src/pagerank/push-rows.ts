import { RenodeError } from "../errors";
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

/** A row by local push: never above the exact one. */
export interface PushedRow extends SparseRow {
  /** Share of the walk that the row lacks: what was not pushed on, and what `topK` cut off; in [0, 1]. */
  readonly left: number;
  /** In the scale of the walk an entry x lacks at most this times degree(x): epsilon, or more where `topK` cut entries off. */
  readonly coarseness: number;
}

/** Pushes that may still be made, shared by the rows of a call. */
export interface PushBudget {
  left: number;
}

/** Pushes until no residual reaches restart·epsilon·degree; stops early when the budget is used up. */
function push(
  { adjacency, order }: IndexedGraph,
  degrees: Float64Array,
  start: Start,
  { restart, selfLoops }: InfluenceSettings,
  epsilon: number,
  { settled, residual, isQueued, queue, touched, isTouched }: Scratch,
  budget: PushBudget,
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
  while (head !== tail && budget.left > 0) {
    budget.left--;
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
  mass: number,
  { normalization, topK }: InfluenceSettings,
  epsilon: number,
  { settled, residual, touched, isTouched }: Scratch,
): PushedRow {
  let nodes = Int32Array.from(touched.filter((node) => settled[node]! > 0));
  const valueAt = (node: number) =>
    normalization === "symmetric"
      ? (settled[node]! * mass) / Math.sqrt(degrees[node]!)
      : settled[node]! * mass;
  let coarseness = epsilon;
  if (nodes.length > topK) {
    nodes = nodes.sort((a, b) => valueAt(b) - valueAt(a) || a - b);
    for (const node of nodes.subarray(topK))
      coarseness = Math.max(coarseness, settled[node]! / degrees[node]! + epsilon);
    nodes = nodes.slice(0, topK);
  }
  nodes.sort();
  const kept = nodes.reduce((sum, node) => sum + settled[node]!, 0);
  const values = Float64Array.from(nodes, valueAt);
  for (const node of touched) {
    settled[node] = 0;
    residual[node] = 0;
    isTouched[node] = 0;
  }
  touched.length = 0;
  return { indices: nodes, values, left: Math.max(0, 1 - kept), coarseness };
}

/**
 * Rows by local push, each at a cost of about 1 / (restart·epsilon) edges, independent of the size of the graph.
 *
 * @param epsilon an entry x lacks at most epsilon·degree(x), in the scale of the random walk
 * @param budget is reduced by the pushes made
 * @throws {RenodeError} `ERR_NOT_CONVERGED` when the budget is used up
 * @see Andersen, Chung, Lang 2006, "Local graph partitioning using PageRank vectors", section 3
 */
export function* pushRows(
  graph: IndexedGraph,
  starts: readonly Start[],
  settings: InfluenceSettings,
  place: string,
  epsilon: number,
  budget: PushBudget = { left: settings.maxPushes },
): Steps<PushedRow[]> {
  const degrees = degreesOf(graph.adjacency, settings.selfLoops);
  const scratch = createScratch(graph.order);
  const isSymmetric = settings.normalization === "symmetric";
  const rows: PushedRow[] = [];
  for (const { indices, values: given } of starts) {
    // P = D^(1/2)·walk·D^(−1/2): the start is scaled before the walk, the entries after it.
    const scaled = isSymmetric
      ? given.map((share, e) => share * Math.sqrt(degrees[indices[e]!]!))
      : given;
    const mass = scaled.reduce((sum, share) => sum + share, 0);
    const values = scaled.map((share) => share / mass);
    push(graph, degrees, { indices, values }, settings, epsilon, scratch, budget);
    if (budget.left <= 0)
      throw new RenodeError(
        "ERR_NOT_CONVERGED",
        `renode/${place}: ${settings.maxPushes} pushes were not enough, epsilon was down to ${epsilon}: raise maxPushes, give a larger epsilon, or take the exact method "power"`,
        { fields: { epsilon, maxPushes: settings.maxPushes } },
      );
    rows.push(collect(degrees, mass, settings, epsilon, scratch));
    yield { type: "progress", stage: "push", done: rows.length, total: starts.length };
  }
  return rows;
}

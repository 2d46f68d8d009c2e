import { optionsOf } from "../errors";
import type { IndexedGraph } from "../graph/index-graph";
import { type LabelledNodes, type LabelOptions, labelledNodes } from "../graph/labelled-nodes";
import { influenceRows } from "../pagerank/influence-rows";
import { type InfluenceOptions, influenceSettings, refuseOthers } from "../pagerank/options";
import type { SparseRow } from "../pagerank/sparse-rows";
import type { Steps } from "../steps";

export interface PropagationOptions extends InfluenceOptions, LabelOptions {}

/** @throws {RenodeError} `ERR_ARGUMENT` for no object, or an option that does not exist */
export function propagationOptions(place: string, options: PropagationOptions): PropagationOptions {
  const { getNodeLabel: _label, getNodeTrain: _train, ...influence } = optionsOf(place, options);
  refuseOthers(place, influence);
  return options;
}

/** The influence of each class's labelled nodes on every node: P·Y⁰. */
export interface ClassInfluence {
  readonly labelled: LabelledNodes;
  /** The column of each class of `labelled`: its entries that are not 0. */
  readonly columns: readonly SparseRow[];
}

/** P·Y⁰ with Y⁰ one-hot on the labelled nodes. */
export function* classInfluence(
  graph: IndexedGraph,
  options: PropagationOptions,
  place: string,
): Steps<ClassInfluence> {
  const labelled = labelledNodes(graph, options, place);
  const settings = influenceSettings(options, place);
  const starts = Array.from(labelled.counts, (count) => ({
    indices: new Int32Array(count),
    values: new Float64Array(count).fill(1),
  }));
  const placed = new Int32Array(labelled.counts.length);
  for (const [v, node] of labelled.nodes.entries()) {
    const j = labelled.classOf[v]!;
    starts[j]!.indices[placed[j]!++] = node;
  }
  const columns = yield* influenceRows(graph, starts, settings, place);
  graph.assertUnchanged();
  return { labelled, columns };
}

/** Influences whose relative difference is smaller are equal up to rounding. */
const ROUNDING = 1e-9;

/** The class with the most influence on each node; of equal classes the first; −1 where none has any. Shape [order]. */
export function strongestClasses(columns: readonly SparseRow[], order: number): Int32Array {
  const best = new Int32Array(order).fill(-1);
  const most = new Float64Array(order);
  for (const [j, { indices, values }] of columns.entries())
    for (const [e, node] of indices.entries())
      if (values[e]! > most[node]! * (1 + ROUNDING)) {
        best[node] = j;
        most[node] = values[e]!;
      }
  return best;
}

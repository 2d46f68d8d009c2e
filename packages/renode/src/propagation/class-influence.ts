import type { OptionNames } from "@deepgrain/support";
import type { IndexedGraph } from "../graph/index-graph";
import {
  type LabelledNodes,
  type LabelOptions,
  labelledNodes,
  labelOptionNames,
} from "../graph/labelled-nodes";
import { influenceRows } from "../pagerank/influence-rows";
import {
  type InfluenceOptions,
  influenceOptionNames,
  influenceSettings,
} from "../pagerank/options";
import type { Start } from "../pagerank/sparse-rows";
import type { Steps } from "../steps";

export interface PropagationOptions extends InfluenceOptions, LabelOptions {}

export const propagationOptionNames: OptionNames<PropagationOptions> = {
  ...influenceOptionNames,
  ...labelOptionNames,
};

/** The influence of each class's labelled nodes on every node: P·Y⁰. */
export interface ClassInfluence {
  readonly labelled: LabelledNodes;
  /** One column per class of `labelled`, each of shape [N]. */
  readonly columns: readonly Float64Array[];
}

/** P·Y⁰ with Y⁰ one-hot on the labelled nodes. */
export function* classInfluence(
  graph: IndexedGraph,
  options: PropagationOptions,
  place: string,
): Steps<ClassInfluence> {
  const labelled = labelledNodes(graph, options, place);
  const settings = influenceSettings(options, place);
  const starts = labelled.classes.map(
    (_, j): Start =>
      Array.from(labelled.nodes)
        .filter((_, v) => labelled.classOf[v] === j)
        .map((node) => [node, 1] as const),
  );
  const rows = yield* influenceRows(graph, starts, settings, place);
  graph.assertUnchanged();
  const columns = rows.map(({ indices, values }) => {
    const column = new Float64Array(graph.order);
    for (let e = 0; e < indices.length; e++) column[indices[e]!] = values[e]!;
    return column;
  });
  return { labelled, columns };
}

/** Influences whose relative difference is smaller are equal up to rounding. */
const ROUNDING = 1e-9;

/** The class with the most influence on a node; of equal classes the first; −1 where none has any. */
export function strongestClass(columns: readonly Float64Array[], node: number): number {
  let [best, most] = [-1, 0];
  for (const [j, column] of columns.entries())
    if (column[node]! > most * (1 + ROUNDING)) [best, most] = [j, column[node]!];
  return best;
}

import type { AbstractGraph } from "graphology-types";
import { optionsOf } from "../errors";
import { type GraphInput, type IndexedGraph, indexGraph } from "../graph/index-graph";
import { type Label, readClasses } from "../graph/node-values";
import { writeAttribute } from "../graph/write-attribute";
import type { SparseRow } from "../pagerank/sparse-rows";
import { runSteps } from "../steps";
import {
  type ClassInfluence,
  classInfluence,
  type PropagationOptions,
  propagationOptions,
  strongestClasses,
} from "./class-influence";

/** The borders of influence compared with those of the classes. Lists are in graph order. */
export interface InfluenceShiftResult {
  /** Keys of the nodes that have a label and are reached, shape [M]. */
  readonly keys: readonly string[];
  /** Their labels, shape [M]. */
  readonly labels: readonly Label[];
  /** In [−1, 1], shape [M]. */
  readonly shift: Float64Array;
  /** Share of them that another class influences more than their own. */
  readonly shifted: number;
  /** Nodes with a label that no labelled training node reaches. */
  readonly unreached: number;
}

const PLACE = "influenceShift";

/**
 * (most of another class − own class) / all classes for each node; NaN where no influence arrives.
 * @param own class number of each node among the columns, −1 for none of them
 */
function shiftsOf(columns: readonly SparseRow[], own: Int32Array): Float64Array {
  const order = own.length;
  const [other, total] = [new Float64Array(order), new Float64Array(order)];
  const mine = new Float64Array(order);
  for (const [j, { indices, values }] of columns.entries())
    for (const [e, x] of indices.entries()) {
      total[x]! += values[e]!;
      if (j === own[x]) mine[x] = values[e]!;
      else other[x] = Math.max(other[x]!, values[e]!);
    }
  return total.map((sum, x) => (sum === 0 ? Number.NaN : (other[x]! - mine[x]!) / sum));
}

function shiftResult(
  graph: IndexedGraph,
  { labelled, columns }: ClassInfluence,
  options: PropagationOptions,
): InfluenceShiftResult {
  const { classOf, classes } = readClasses(graph, options.getNodeLabel ?? "label", PLACE);
  const numbers = new Map(labelled.classes.map((label, j) => [label, j]));
  const own = classOf.map((number) => (number < 0 ? -1 : (numbers.get(classes[number]!) ?? -1)));
  const values = shiftsOf(columns, own);
  const best = strongestClasses(columns, graph.order);
  const [keys, labels, shift]: [string[], Label[], number[]] = [[], [], []];
  let [shifted, unreached] = [0, 0];
  for (let x = 0; x < graph.order; x++) {
    if (classOf[x]! < 0) continue;
    if (Number.isNaN(values[x])) {
      unreached++;
      continue;
    }
    keys.push(graph.keyOf(x));
    labels.push(classes[classOf[x]!]!);
    shift.push(values[x]!);
    if (best[x] !== own[x]) shifted++;
  }
  return {
    keys,
    labels,
    shift: Float64Array.from(shift),
    shifted: keys.length === 0 ? 0 : shifted / keys.length,
    unreached,
  };
}

/**
 * Measures, for each node with a known label, how far the border of influence has moved beyond it. Below 0 its own class
 * has the most influence on it, above 0 another class. For reports, where all labels are known: unlike `totoro`, it
 * reads labels outside the training set (but spreads only those inside).
 *
 * shift_x = (max_{c ≠ y_x} (P·Y⁰)_{x,c} − (P·Y⁰)_{x,y_x}) / Σ_c (P·Y⁰)_{x,c}
 *
 * The paper shows the drift of decision borders by P·Y⁰ but does not quantify it; this measure is ours.
 *
 * @returns node → shift in [−1, 1], for the labelled nodes that influence reaches
 * @throws {RenodeError} as `totoro`
 * @see Chen et al. 2021, section 3.1 and figure 1
 */
export function influenceShift(
  graph: GraphInput,
  options: PropagationOptions = {},
): Record<string, number> {
  const { keys, shift } = influenceShift.detailed(graph, options);
  return Object.fromEntries(keys.map((key, i) => [key, shift[i]!]));
}

/** The same with labels, the share of shifted nodes and the number of unreached nodes. */
influenceShift.detailed = (
  graph: GraphInput,
  options: PropagationOptions = {},
): InfluenceShiftResult => {
  const indexed = indexGraph(graph, PLACE, propagationOptions(PLACE, options));
  return shiftResult(indexed, runSteps(classInfluence(indexed, options, PLACE), options), options);
};

/** Writes the shifts to the node attribute `nodeShiftAttribute` (default `"influenceShift"`). */
influenceShift.assign = (
  graph: AbstractGraph,
  given: PropagationOptions & { nodeShiftAttribute?: string | undefined } = {},
): void => {
  const { nodeShiftAttribute = "influenceShift", ...options } = optionsOf("influenceShift", given);
  writeAttribute(graph, nodeShiftAttribute, influenceShift(graph, options));
};

import type { AbstractGraph } from "graphology-types";
import { optionsOf } from "../errors";
import { type GraphInput, indexGraph } from "../graph/index-graph";
import type { Label } from "../graph/node-values";
import { writeAttribute } from "../graph/write-attribute";
import { runSteps } from "../steps";
import {
  classInfluence,
  type PropagationOptions,
  propagationOptions,
  strongestClasses,
} from "./class-influence";

const PLACE = "labelPropagation";

/**
 * Assigns every node the class whose labelled nodes have the most influence on it: the limit of label propagation, a baseline
 * that needs neither features nor training.
 *
 * argmax_c (P·Y⁰)_{x,c}, Y⁰ one-hot on the labelled nodes; of equal classes the first in order (numbers, then strings)
 *
 * @returns node → label, for all nodes; null for nodes that no labelled node reaches
 * @throws {RenodeError} as `totoro`
 * @see Zhou et al. 2004, "Learning with Local and Global Consistency"; Chen et al. 2021, section 3.1
 */
export function labelPropagation(
  graph: GraphInput,
  options: PropagationOptions = {},
): Record<string, Label | null> {
  const indexed = indexGraph(graph, PLACE, propagationOptions(PLACE, options));
  const { labelled, columns } = runSteps(classInfluence(indexed, options, PLACE), options);
  const best = strongestClasses(columns, indexed.order);
  return Object.fromEntries(
    Array.from(best, (number, x) => [indexed.keyOf(x), labelled.classes[number] ?? null]),
  );
}

/** Writes the labels to the node attribute `nodePropagatedAttribute` (default `"propagated"`) of all nodes. */
labelPropagation.assign = (
  graph: AbstractGraph,
  given: PropagationOptions & { nodePropagatedAttribute?: string | undefined } = {},
): void => {
  const { nodePropagatedAttribute = "propagated", ...options } = optionsOf(
    "labelPropagation",
    given,
  );
  writeAttribute(graph, nodePropagatedAttribute, labelPropagation(graph, options));
};

import { type OptionNames, pickOptions } from "@deepgrain/support";
import type { AbstractGraph } from "graphology-types";
import { type GraphInput, type IndexedGraph, indexGraph } from "../graph/index-graph";
import { writeAttribute } from "../graph/write-attribute";
import { knownOptions } from "../known-options";
import { type EndEvent, type ProgressEvent, runSteps, type Steps, streamSteps } from "../steps";
import {
  type TotoroOptions,
  type TotoroResult,
  totoroOptionNames,
  totoroSteps,
} from "../totoro/totoro";
import {
  type ScheduledWeights,
  type ScheduleOptions,
  scheduleOptionNames,
  scheduleWeights,
} from "./schedule-weights";

export interface RenodeOptions extends TotoroOptions, ScheduleOptions {}

export const renodeOptionNames: OptionNames<RenodeOptions> = {
  ...totoroOptionNames,
  ...scheduleOptionNames,
};

/** Scores, ranks and weights of a labelled set; all lists are in graph order. */
export interface RenodeResult extends TotoroResult, ScheduledWeights {}

const PLACE = "renodeWeights";

function* renodeSteps(graph: IndexedGraph, options: RenodeOptions): Steps<RenodeResult> {
  const scored = yield* totoroSteps(graph, options, PLACE);
  return {
    ...scored,
    ...scheduleWeights(scored.totoro, pickOptions(options, scheduleOptionNames)),
  };
}

/**
 * Training weights of the labelled nodes: nodes in the middle of their class get more weight, nodes near another class less.
 * They multiply each node's loss, which is then divided by the number of labelled nodes.
 *
 * w_v = w_min + ½·(w_max − w_min)·(1 + cos(π·rank(T_v) / (L − 1))), T from {@link totoro}
 *
 * @returns labelled node → weight in [minWeight, maxWeight]
 * @throws {RenodeError} as {@link totoro} and {@link scheduleWeights}
 * @see Chen et al. 2021, section 3.3
 */
export function renodeWeights(
  graph: GraphInput,
  options: RenodeOptions = {},
): Record<string, number> {
  knownOptions("renodeWeights", options, renodeOptionNames);
  const { keys, weights } = renodeWeights.detailed(graph, options);
  return Object.fromEntries(keys.map((key, v) => [key, weights[v]!]));
}

/** The same with scores, ranks, total, cover, homophily and warnings. */
renodeWeights.detailed = (graph: GraphInput, options: RenodeOptions = {}): RenodeResult =>
  runSteps(renodeSteps(indexGraph(graph, PLACE, options), options), options);

/** Writes the weights to the node attribute `nodeWeightAttribute` (default `"renodeWeight"`) of the labelled nodes. */
renodeWeights.assign = (
  graph: AbstractGraph,
  {
    nodeWeightAttribute = "renodeWeight",
    ...options
  }: RenodeOptions & { nodeWeightAttribute?: string } = {},
): void => writeAttribute(graph, nodeWeightAttribute, renodeWeights(graph, options));

/** The same work as an async iterable of progress events that ends with `{ type: "end", result }`. */
renodeWeights.events = (
  graph: GraphInput,
  options: RenodeOptions = {},
): AsyncGenerator<ProgressEvent | EndEvent<RenodeResult>> =>
  streamSteps(renodeSteps(indexGraph(graph, PLACE, options), options), options);

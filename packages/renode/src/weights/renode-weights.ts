import type { AbstractGraph } from "graphology-types";
import { optionsOf } from "../errors";
import { type GraphInput, indexGraph } from "../graph/index-graph";
import { writeAttribute } from "../graph/write-attribute";
import { type EndEvent, type ProgressEvent, runSteps, type Steps, streamSteps } from "../steps";
import {
  type TotoroOptions,
  type TotoroResult,
  totoroNames,
  totoroOptions,
  totoroSteps,
} from "../totoro/totoro";
import { type ScheduledWeights, type ScheduleOptions, scheduleWeights } from "./schedule-weights";

export interface RenodeOptions extends TotoroOptions, ScheduleOptions {}

/** Scores, ranks and weights of a labelled set; all lists are in graph order. */
export interface RenodeResult extends TotoroResult, ScheduledWeights {}

const PLACE = "renodeWeights";

const renodeNames: readonly (keyof RenodeOptions)[] = [
  ...totoroNames,
  "minWeight",
  "maxWeight",
  "rankDivisor",
  "ties",
  "tieTolerance",
];

/**
 * The options of scores and of weights apart.
 *
 * @throws {RenodeError} `ERR_ARGUMENT` for no object, or an option that does not exist
 */
export function renodeOptions(
  place: string,
  options: RenodeOptions,
): { scoring: TotoroOptions; schedule: ScheduleOptions } {
  const { minWeight, maxWeight, rankDivisor, ties, tieTolerance, ...scoring } = optionsOf(
    place,
    options,
  );
  totoroOptions(place, scoring, renodeNames);
  return { scoring, schedule: { minWeight, maxWeight, rankDivisor, ties, tieTolerance } };
}

function renodeSteps(graph: GraphInput, options: RenodeOptions): Steps<RenodeResult> {
  const { scoring, schedule } = renodeOptions(PLACE, options);
  const indexed = indexGraph(graph, PLACE, scoring);
  return (function* () {
    const scored = yield* totoroSteps(indexed, scoring, PLACE);
    return { ...scored, ...scheduleWeights(scored.totoro, schedule) };
  })();
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
  const { keys, weights } = renodeWeights.detailed(graph, options);
  return Object.fromEntries(keys.map((key, v) => [key, weights[v]!]));
}

/** The same with scores, ranks, total, cover, homophily and warnings. */
renodeWeights.detailed = (graph: GraphInput, options: RenodeOptions = {}): RenodeResult =>
  runSteps(renodeSteps(graph, options), options);

/** Writes the weights to the node attribute `nodeWeightAttribute` (default `"renodeWeight"`) of the labelled nodes. */
renodeWeights.assign = (
  graph: AbstractGraph,
  given: RenodeOptions & { nodeWeightAttribute?: string | undefined } = {},
): void => {
  const { nodeWeightAttribute = "renodeWeight", ...options } = optionsOf("renodeWeights", given);
  writeAttribute(graph, nodeWeightAttribute, renodeWeights(graph, options));
};

/** The same work as an async iterable of progress events that ends with `{ type: "end", result }`. */
renodeWeights.events = (
  graph: GraphInput,
  options: RenodeOptions = {},
): AsyncGenerator<ProgressEvent | EndEvent<RenodeResult>> =>
  streamSteps(renodeSteps(graph, options), options);

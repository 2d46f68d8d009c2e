import type { AbstractGraph } from "graphology-types";
import { oneOf, optionsOf, real } from "../errors";
import { type GraphInput, type IndexedGraph, indexGraph } from "../graph/index-graph";
import { type LabelledNodes, type LabelOptions, labelledNodes } from "../graph/labelled-nodes";
import type { Label } from "../graph/node-values";
import { writeAttribute } from "../graph/write-attribute";
import { influenceRows } from "../pagerank/influence-rows";
import {
  type InfluenceOptions,
  type InfluenceSettings,
  influenceNames,
  influenceSettings,
  refuseOthers,
} from "../pagerank/options";
import { startAt } from "../pagerank/sparse-rows";
import { type EndEvent, type ProgressEvent, runSteps, type Steps, streamSteps } from "../steps";
import { type Conflict, conflictByClass, conflictByRows } from "./conflict";
import { normalizeRow, type RowNormalize } from "./normalize-row";
import { type PushAccuracy, pushedConflict } from "./pushed-conflict";
import { pushWarnings, type RenodeWarning, trainingHomophily, warningsFor } from "./warnings";

export interface TotoroOptions extends InfluenceOptions, LabelOptions {
  /** Normalisation of influence rows before comparison (default `"none"`; `"softmax"` as ReNode's code on large graphs). */
  rowNormalize?: RowNormalize | undefined;
  /** A node is covered when the total influence of the labelled nodes on it exceeds this (default 1e-4). */
  coverThreshold?: number | undefined;
}

/** Scores of a labelled set. Lists are in graph order. */
export interface TotoroResult {
  /** Keys of the labelled nodes, shape [L]. */
  readonly keys: readonly string[];
  /** Their labels, shape [L]. */
  readonly labels: readonly Label[];
  /** Their conflict, at least 0, shape [L]. */
  readonly totoro: Float64Array;
  /** Σ totoro: the topology imbalance of the set. */
  readonly total: number;
  /** Share of the graph's nodes that the set reaches, in [0, 1]. A low total with a low cover is not a good set. */
  readonly cover: number;
  /** Share of edges within a class among edges between labelled nodes, null without such edges. */
  readonly homophily: number | null;
  /** With the method `"push"`: how accurate the scores are. Null with `"power"`, which is exact to its tolerance. */
  readonly push: PushAccuracy | null;
  readonly warnings: readonly RenodeWarning[];
}

const PLACE = "totoro";

/** Names for the hint of what takes these options. */
export const totoroNames: readonly (keyof TotoroOptions)[] = [
  ...influenceNames,
  "getNodeLabel",
  "getNodeTrain",
  "rowNormalize",
  "coverThreshold",
];

/**
 * The options, which are passed on whole.
 *
 * @param names of all options of the function, for the hint
 * @throws {RenodeError} `ERR_ARGUMENT` for no object, or an option that does not exist
 */
export function totoroOptions(
  place: string,
  options: TotoroOptions,
  names: readonly string[] = totoroNames,
): TotoroOptions {
  const {
    getNodeLabel: _label,
    getNodeTrain: _train,
    rowNormalize: _rows,
    coverThreshold: _cover,
    ...influence
  } = optionsOf(place, options);
  refuseOthers(place, influence, names);
  return options;
}

function* conflictOf(
  graph: IndexedGraph,
  labelled: LabelledNodes,
  settings: InfluenceSettings,
  rowNormalize: RowNormalize,
  place: string,
): Steps<Conflict & { readonly push: PushAccuracy | null }> {
  if (settings.method === "push")
    return yield* pushedConflict(graph, labelled, settings, rowNormalize, place);
  if (rowNormalize === "none")
    return { ...(yield* conflictByClass(graph, labelled, settings, place)), push: null };
  const starts = Array.from(labelled.nodes, startAt);
  const rows = yield* influenceRows(graph, starts, settings, place);
  const normalized = rows.map((row) => normalizeRow(row, rowNormalize));
  return { ...(yield* conflictByRows(normalized, graph.order, labelled)), push: null };
}

/** The calculation of {@link totoro} on a graph that has already been read. */
export function* totoroSteps(
  graph: IndexedGraph,
  options: TotoroOptions,
  place: string = PLACE,
): Steps<TotoroResult> {
  const { rowNormalize = "none", coverThreshold = 1e-4 } = options;
  oneOf(place, "rowNormalize", rowNormalize, ["none", "l1", "softmax"]);
  real(place, "coverThreshold", coverThreshold, { min: 0 });
  const settings = influenceSettings(options, place);
  const labelled = labelledNodes(graph, options, place);
  const { totoro, reach, push } = yield* conflictOf(graph, labelled, settings, rowNormalize, place);
  graph.assertUnchanged();
  const homophily = trainingHomophily(graph, labelled);
  return {
    keys: Array.from(labelled.nodes, graph.keyOf),
    labels: Array.from(labelled.classOf, (number) => labelled.classes[number]!),
    totoro,
    total: totoro.reduce((a, b) => a + b, 0),
    cover: reach.filter((value) => value > coverThreshold).length / graph.order,
    homophily,
    push,
    warnings: [
      ...warningsFor(labelled, totoro, homophily),
      ...(settings.epsilon !== null && push ? pushWarnings(push) : []),
    ],
  };
}

/**
 * Scores each labelled node by how much its influence overlaps with that of other classes.
 *
 * T_v = Σ_x P_{v,x} · Σ_{j ≠ y_v} (1/|C_j|) Σ_{i in C_j} P_{i,x}
 *
 * @param graph a graphology graph of any type, or a CSR (then give `getNodeLabel`)
 * @returns labelled node → score, at least 0; nodes near another class have high scores
 * With `method: "push"` and no `epsilon`, the precision is halved until at most 5 % of the influence is not pushed on and the
 * ranks of the scores agree to a correlation of 0.99 between two halvings.
 *
 * @throws {RenodeError} `ERR_LABEL` when no node is labelled or a training node has no label, `ERR_GRAPH`, `ERR_WEIGHT`,
 *   `ERR_RANGE`, `ERR_ARGUMENT`, `ERR_CHANGED`, `ERR_NOT_CONVERGED`
 * @see Chen et al. 2021, "Topology-Imbalance Learning for Semi-Supervised Node Classification", section 3.2
 */
export function totoro(graph: GraphInput, options: TotoroOptions = {}): Record<string, number> {
  const { keys, totoro: scores } = totoro.detailed(graph, options);
  return Object.fromEntries(keys.map((key, v) => [key, scores[v]!]));
}

/** The same with the total, cover, homophily and warnings. */
totoro.detailed = (graph: GraphInput, options: TotoroOptions = {}): TotoroResult =>
  runSteps(totoroSteps(indexGraph(graph, PLACE, totoroOptions(PLACE, options)), options), options);

/** Writes the scores to the node attribute `nodeTotoroAttribute` (default `"totoro"`) of the labelled nodes. */
totoro.assign = (
  graph: AbstractGraph,
  given: TotoroOptions & { nodeTotoroAttribute?: string | undefined } = {},
): void => {
  const { nodeTotoroAttribute = "totoro", ...options } = optionsOf("totoro", given);
  writeAttribute(graph, nodeTotoroAttribute, totoro(graph, options));
};

/** The same work as an async iterable of progress events that ends with `{ type: "end", result }`. */
totoro.events = (
  graph: GraphInput,
  options: TotoroOptions = {},
): AsyncGenerator<ProgressEvent | EndEvent<TotoroResult>> =>
  streamSteps(
    totoroSteps(indexGraph(graph, PLACE, totoroOptions(PLACE, options)), options),
    options,
  );

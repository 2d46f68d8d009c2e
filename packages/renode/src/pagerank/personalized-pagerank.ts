import type { AbstractGraph } from "graphology-types";
import { optionsOf, RenodeError } from "../errors";
import { type GraphInput, type IndexedGraph, indexGraph } from "../graph/index-graph";
import { writeAttribute } from "../graph/write-attribute";
import { type EndEvent, type ProgressEvent, runSteps, type Steps, streamSteps } from "../steps";
import { influenceRows } from "./influence-rows";
import { type InfluenceOptions, influenceNames, influenceSettings, refuseOthers } from "./options";
import { type SparseRow, type SparseRows, type Start, stackRows, startAt } from "./sparse-rows";

export interface PagerankOptions extends InfluenceOptions {
  /** The node where walks start. */
  source?: string | number | undefined;
  /** Several: a list (equal shares), or a map or object of weights, which are scaled to a sum of 1. */
  sources?:
    | readonly (string | number)[]
    | ReadonlyMap<string, number>
    | Readonly<Record<string, number>>
    | undefined;
}

/** Rows of P with the keys of the nodes they belong to. */
export interface InfluenceRows extends SparseRows {
  readonly keys: readonly string[];
}

const PLACE = "personalizedPagerank";

/** @throws {RenodeError} `ERR_ARGUMENT` for no object, or an option that does not exist */
function checked(options: PagerankOptions): PagerankOptions {
  const { source: _source, sources: _sources, ...influence } = optionsOf(PLACE, options);
  refuseOthers(PLACE, influence, [...influenceNames, "source", "sources"]);
  return options;
}

function nodeNumber(graph: IndexedGraph, key: string | number): number {
  const node = graph.indexOf(String(key));
  if (node !== undefined) return node;
  throw new RenodeError("ERR_NODE", `renode/${PLACE}: there is no node "${key}"`, {
    fields: { node: key },
  });
}

function weightedSources({ source, sources }: PagerankOptions): [string | number, number][] {
  if ((source === undefined) === (sources === undefined))
    throw new RenodeError("ERR_ARGUMENT", `renode/${PLACE}: give either source or sources`);
  if (sources === undefined) return [[source!, 1]];
  if (Array.isArray(sources)) return [...new Set(sources)].map((key) => [key, 1]);
  return [...(sources instanceof Map ? sources : Object.entries(sources))] as [string, number][];
}

function startOf(graph: IndexedGraph, options: PagerankOptions): Start {
  const entries = weightedSources(options);
  for (const [key, weight] of entries)
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY))
      throw new RenodeError(
        "ERR_RANGE",
        `renode/${PLACE}: the weight of source "${key}" must be a number from 0, got ${weight}`,
        {
          fields: { node: key, weight },
        },
      );
  const total = entries.reduce((sum, [, weight]) => sum + weight, 0);
  if (!(total > 0))
    throw new RenodeError(
      "ERR_RANGE",
      `renode/${PLACE}: at least one source needs a weight above 0`,
    );
  return {
    indices: Int32Array.from(entries, ([key]) => nodeNumber(graph, key)),
    values: Float64Array.from(entries, ([, weight]) => weight / total),
  };
}

function scoresByKey(graph: IndexedGraph, { indices, values }: SparseRow): Record<string, number> {
  const scores = new Float64Array(graph.order);
  for (let e = 0; e < indices.length; e++) scores[indices[e]!] = values[e]!;
  return Object.fromEntries(Array.from(scores, (score, i) => [graph.keyOf(i), score]));
}

function* steps(graph: IndexedGraph, options: PagerankOptions): Steps<Record<string, number>> {
  const settings = influenceSettings(options, PLACE);
  const [row] = yield* influenceRows(graph, [startOf(graph, options)], settings, PLACE);
  graph.assertUnchanged();
  return scoresByKey(graph, row!);
}

/**
 * Scores every node by its closeness to one or several nodes: walks start there and return with probability `restart` at
 * each step.
 *
 * Row s of P = restart·(I − (1 − restart)·Â)^(−1), or the weighted mean of several rows
 *
 * With the defaults these are ReNode's influences (symmetric normalisation with loops). The PageRank of other libraries, whose
 * scores sum to 1, is `{ normalization: "row", selfLoops: false }`. Directed edges are followed in both directions; a walk on an
 * isolated node stays there.
 *
 * @param options.source or `options.sources`: where walks start
 * @returns node → score, at least 0
 * @throws {RenodeError} `ERR_GRAPH`, `ERR_WEIGHT`, `ERR_NODE`, `ERR_ARGUMENT`, `ERR_RANGE`, `ERR_CHANGED`, or
 *   `ERR_NOT_CONVERGED` when `maxIterations` is reached before `tolerance`
 * @see Klicpera, Bojchevski, Günnemann 2019, section 3; Chen et al. 2021 (ReNode), section 3
 */
export function personalizedPagerank(
  graph: GraphInput,
  options: PagerankOptions,
): Record<string, number> {
  checked(options);
  return runSteps(steps(indexGraph(graph, PLACE, options), options), options);
}

/** Writes the scores to the node attribute `nodePagerankAttribute` (default `"pagerank"`). */
personalizedPagerank.assign = (
  graph: AbstractGraph,
  options: PagerankOptions & { nodePagerankAttribute?: string | undefined },
): void => {
  const { nodePagerankAttribute = "pagerank", ...own } = optionsOf(
    "personalizedPagerank.assign",
    options,
  );
  writeAttribute(graph, nodePagerankAttribute, personalizedPagerank(graph, own));
};

/** The same work as an async iterable of progress events that ends with `{ type: "end", result }`. */
personalizedPagerank.events = (
  graph: GraphInput,
  options: PagerankOptions,
): AsyncGenerator<ProgressEvent | EndEvent<Record<string, number>>> =>
  streamSteps(steps(indexGraph(graph, PLACE, checked(options)), options), options);

/**
 * The rows of P of the given nodes.
 *
 * @returns sparse rows in the given order; columns are nodes in graph order
 */
personalizedPagerank.rows = (
  graph: GraphInput,
  nodes: readonly (string | number)[],
  options: InfluenceOptions = {},
): InfluenceRows => {
  refuseOthers(PLACE, optionsOf(PLACE, options));
  const settings = influenceSettings(options, PLACE);
  const indexed = indexGraph(graph, PLACE, options);
  const starts = nodes.map((key) => startAt(nodeNumber(indexed, key)));
  const rows = runSteps(influenceRows(indexed, starts, settings, PLACE), options);
  indexed.assertUnchanged();
  return { ...stackRows(indexed.order, rows), keys: nodes.map(String) };
};

import type { CliContext } from "@deepgrain/command-line/commands/context";
import type { Values } from "@deepgrain/command-line/flags/flags";
import { ogbSplit } from "@deepgrain/datasets";
import { createRandom } from "@deepgrain/lm";
import {
  type LabelOptions,
  type RenodeOptions,
  type RenodeResult,
  renodeWeights,
} from "@deepgrain/renode";
import {
  balancedSplit,
  fromGraph,
  imbalanceLevels,
  type NodeData,
  type NodeSplit,
  stepSplit,
} from "@deepgrain/renode/gnn";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import type { AbstractGraph } from "graphology-types";
import type { graphFlags, scoringFlags, splitFlags, weightingFlags } from "./flags";
import { type ReadGraph, readGraph } from "./graphs/read-graph";

type Scoring = Values<typeof graphFlags & typeof weightingFlags>;

/** The options of `renodeWeights`, without those that say which nodes are labelled. */
export function influenceOptions(given: Scoring): RenodeOptions {
  const { restart, minWeight, maxWeight, tolerance, method, epsilon, maxPushes, topK } = given;
  const { ties, rankDivisor, rowNormalize, coverThreshold } = given;
  return {
    restart,
    minWeight,
    maxWeight,
    tolerance,
    method,
    epsilon,
    maxPushes,
    topK,
    ties,
    rankDivisor,
    rowNormalize,
    coverThreshold,
    getEdgeWeight: given.edgeWeights ? given.weightAttribute : null,
  };
}

/** The split that the flags ask for; undefined for the given one. @throws {UsageError} where the graph has no such split */
function drawnSplit(
  { graph, classes }: NodeData,
  given: Values<typeof splitFlags>,
): NodeSplit | undefined {
  const { split: kind, seed, perClass, validationPerClass, labelRatio, imbalance, draws } = given;
  const random = createRandom(seed).next;
  const balanced = { random, perClass, validationPerClass };
  if (kind === "given") return undefined;
  if (kind === "balanced") return balancedSplit(classes, balanced);
  if (kind === "step")
    return stepSplit(classes, { random, labelRatio, imbalance, validationPerClass });
  const [found] = imbalanceLevels(graph, classes, { ...balanced, draws, perLevel: 1 })[kind];
  if (!found) throw new UsageError(`--split ${kind} needs more --draws`);
  return found.split;
}

type Opening = Values<typeof graphFlags & typeof splitFlags>;

/** A graph, and which of its nodes are labelled. */
export interface OpenGraph {
  readonly read: ReadGraph;
  readonly labels: LabelOptions;
  /** Where a split was drawn: it, and the data that it numbers. */
  readonly drawn: { split: NodeSplit; data: NodeData } | undefined;
}

/** Where the labelled nodes of a graph are named: null, every node with a class, where no node has the attribute. */
const marksOf = (graph: AbstractGraph, attribute: string): string | null =>
  graph.someNode((_, attributes) => attributes[attribute] !== undefined) ? attribute : null;

/** A graph with OGB's split. @throws {UsageError} beside another split; {DatasetsError} for files of another form */
async function withOgbSplit(
  read: ReadGraph,
  folder: string,
  { labelAttribute, split: kind }: Opening,
): Promise<OpenGraph> {
  if (kind !== "given") throw new UsageError("--ogb-split gives the split: --split must be given");
  const split = await ogbSplit(folder, { nodes: Math.max(1, read.graph.order) });
  const keys = read.graph.nodes();
  const getNodeTrain = new Set(Array.from(split.train, (node) => keys[node]!));
  const labels = { getNodeLabel: labelAttribute, getNodeTrain };
  return { read: { ...read, split }, labels, drawn: undefined };
}

/**
 * Reads the graph of a command and draws the labelled nodes where a split is asked for.
 * @throws {UsageError}, {FormatError}, {RenodeError} for what cannot be read or drawn
 */
export async function openGraph(given: Opening): Promise<OpenGraph> {
  const read = await readGraph(given.graph, { format: given.format, nodes: given.nodes });
  const { labelAttribute: getNodeLabel, trainAttribute } = given;
  const isLabelled = read.graph.someNode((_, own) => own[getNodeLabel] !== undefined);
  if (!isLabelled)
    throw new UsageError(
      `--graph: no node of ${given.graph} has a ${getNodeLabel}: ${read.isEdgeList && given.nodes === undefined ? "a list of edges needs --nodes" : "name the attribute with --label-attribute"}`,
    );
  if (given.ogbSplit !== undefined) return withOgbSplit(read, given.ogbSplit, given);
  if (given.split === "given") {
    const getNodeTrain = marksOf(read.graph, trainAttribute);
    return { read, labels: { getNodeLabel, getNodeTrain }, drawn: undefined };
  }
  const getEdgeWeight = given.edgeWeights ? given.weightAttribute : null;
  const labels = { getNodeLabel, getNodeTrain: null };
  const data = fromGraph(read.graph, { ...labels, getEdgeWeight, getNodeFeatures: null });
  const split = drawnSplit(data, given)!;
  const train = new Set(Array.from(split.train, (node) => data.keys[node]!));
  return { read, labels: { getNodeLabel, getNodeTrain: train }, drawn: { split, data } };
}

/** Reads and scores a graph with progress, and prints notes about the scores. */
export async function scoreGiven(
  given: Values<typeof scoringFlags>,
  { progress, signal }: Pick<CliContext, "progress" | "signal">,
): Promise<{ graph: AbstractGraph; result: RenodeResult; open: OpenGraph }> {
  const open = await openGraph(given);
  const { read, labels } = open;
  const options = { ...influenceOptions(given), ...labels, signal };
  const task = progress.task("scoring");
  for await (const event of renodeWeights.events(read.graph, options)) {
    if (event.type === "progress") {
      task.update(Math.min(1, event.done / event.total), event.stage);
      continue;
    }
    const { result } = event;
    task.end(summary(result));
    for (const { message } of result.warnings) progress.note(message);
    return { graph: read.graph, result, open };
  }
  throw new Error("scoring ended without a result");
}

/** "140 labelled nodes, total conflict 0.1132, cover 96.3 %, homophily 0.92" */
function summary({ keys, total, cover, homophily }: RenodeResult): string {
  return [
    `${keys.length} labelled nodes`,
    `total conflict ${total.toPrecision(4)}`,
    `cover ${(100 * cover).toFixed(1)} %`,
    ...(homophily === null ? [] : [`homophily ${homophily.toFixed(2)}`]),
  ].join(", ");
}

import type { CommandContext } from "@deepgrain/command-line/commands/context";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import type { Values } from "@deepgrain/command-line/flags/flags";
import { createRandom } from "@deepgrain/lm";
import { type RenodeResult, renodeWeights } from "@deepgrain/renode";
import {
  fromGraph,
  type NodeData,
  type TrainEndEvent,
  type TrainOptions,
  trainNodes,
} from "@deepgrain/renode/gnn";
import type { graphFlags, networkFlags, splitFlags, trainFlags, weightingFlags } from "./flags";
import { influenceOptions, type OpenGraph, openGraph } from "./open-graph";

type Given = Values<
  typeof graphFlags & typeof weightingFlags & typeof splitFlags & typeof networkFlags
>;

/** Graph, features and split as a training wants them. */
function dataOf({ read, labels, drawn }: OpenGraph, given: Given): NodeData {
  const { graph, features, split } = read;
  const hasFeatures = graph.someNode((_, attributes) => attributes[given.features] !== undefined);
  const data = fromGraph(graph, {
    ...labels,
    getEdgeWeight: given.edgeWeights ? given.weightAttribute : null,
    getNodeFeatures: hasFeatures ? given.features : null,
  });
  const chosen = drawn?.split ?? split ?? data.split!;
  return { ...data, features: features ?? data.features, split: chosen };
}

function trainOptions(given: Given, result: RenodeResult | undefined): TrainOptions {
  const { loss, hidden, dropout, lr, weightDecay, patience, fanouts, batchSize, tam } = given;
  return {
    loss,
    hidden,
    dropout,
    lr,
    weightDecay,
    patience,
    model: given.network,
    maxEpochs: given.epochs,
    random: createRandom([given.initialSeed]).next,
    sampling: fanouts && { fanouts, batchSize },
    tam: tam ? {} : undefined,
    nodeWeights: result?.weights,
  };
}

/** Trains and shows how far that is. */
async function trained(
  data: NodeData,
  options: TrainOptions,
  { progress, dryRun }: CommandContext,
): Promise<TrainEndEvent> {
  const task = progress.task("training");
  dryRun?.begin(options.maxEpochs!, "epoch");
  for await (const event of trainNodes(data, options)) {
    if (event.type === "train-end") {
      task.end(`${event.epochs} epochs, the best was ${event.bestEpoch}`);
      return event;
    }
    dryRun?.step();
    task.update(event.epoch / options.maxEpochs!, `loss ${event.loss.toFixed(3)}`);
  }
  throw new Error("training ended without a result");
}

const percent = (share: number) => (100 * share).toFixed(2);

/** Scores of a training without ReNode, beside one with it. */
type Beside = Pick<TrainEndEvent, "epochs" | "bestEpoch" | "validation" | "test">;

/** The result to write: scores, on how many nodes, and a class for every node. */
function resultOf(
  given: Given,
  { classNames, keys, split }: NodeData,
  { event, without }: { event: TrainEndEvent; without: Beside | null },
) {
  const { epochs, bestEpoch, validation, test, predictions } = event;
  const { network, loss, renode, tam } = given;
  const named = (c: number) => (c < 0 ? null : classNames[c]!);
  const { train, validation: measured, test: tested } = split!;
  return {
    network,
    loss,
    renode,
    tam,
    nodes: { train: train.length, validation: measured.length, test: tested.length },
    epochs,
    bestEpoch,
    validation,
    test,
    without,
    predictions: keys.map((key, node) => ({ key, class: named(predictions[node]!) })),
  };
}

/** A line per training with its scores on the test nodes. */
function* lines({ nodes, renode, test, without }: ReturnType<typeof resultOf>): Generator<string> {
  const line = (how: string, scores: NonNullable<TrainEndEvent["test"]>) =>
    `${how}: weighted F1 ${percent(scores.weightedF1)}, macro F1 ${percent(scores.macroF1)}, accuracy ${percent(scores.accuracy)} (n = ${nodes.test})\n`;
  if (test) yield line(renode ? "test, with ReNode" : "test, without ReNode", test);
  if (without?.test) yield line("test, without ReNode", without.test);
}

/** `renode train`. */
export const train: RunCommand<typeof trainFlags> = async ({ out, json, ...given }, context) => {
  const { signal } = context;
  const open = await openGraph(given);
  const data = dataOf(open, given);
  const scoring = { ...influenceOptions(given), ...open.labels, signal };
  const scored = given.renode ? renodeWeights.detailed(open.read.graph, scoring) : undefined;
  for (const { message } of scored?.warnings ?? []) context.progress.note(message);
  const run = async (weights: RenodeResult | undefined) => {
    const event = await trained(data, { ...trainOptions(given, weights), signal }, context);
    event.model.dispose();
    return event;
  };
  const event = await run(scored);
  let without: Beside | null = null;
  if (scored) {
    const { epochs, bestEpoch, validation, test } = await run(undefined);
    without = { epochs, bestEpoch, validation, test };
  }
  const result = resultOf(given, data, { event, without });
  if (out !== undefined) await out.saveJson(result);
  if (json) return context.write(`${JSON.stringify(result)}\n`);
  for (const line of lines(result)) context.write(line);
  if (out !== undefined) context.write(`${out.path}\n`);
};

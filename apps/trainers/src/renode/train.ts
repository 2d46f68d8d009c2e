import { createRandom } from "@deepgrain/lm";
import { type RenodeResult, renodeWeights } from "@deepgrain/renode";
import {
  fromGraph,
  type NodeData,
  type TrainEndEvent,
  type TrainOptions,
  trainNodes,
} from "@deepgrain/renode/gnn";
import type { CommandContext } from "../cli/context";
import type { Values } from "../cli/flags";
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
  { progress }: CommandContext,
): Promise<TrainEndEvent> {
  const task = progress.task("training");
  for await (const event of trainNodes(data, options)) {
    if (event.type === "train-end") {
      task.end(`${event.epochs} epochs, the best was ${event.bestEpoch}`);
      return event;
    }
    task.update(event.epoch / options.maxEpochs!, `loss ${event.loss.toFixed(3)}`);
  }
  throw new Error("training ended without a result");
}

const percent = (share: number) => (100 * share).toFixed(2);

/** The result to write: scores, and a class for every node. */
function resultOf(given: Given, { classNames, keys }: NodeData, event: TrainEndEvent) {
  const { epochs, bestEpoch, validation, test, predictions } = event;
  const { network, loss, renode, tam } = given;
  const named = (c: number) => (c < 0 ? null : classNames[c]!);
  return {
    network,
    loss,
    renode,
    tam,
    epochs,
    bestEpoch,
    validation,
    test,
    predictions: keys.map((key, node) => ({ key, class: named(predictions[node]!) })),
  };
}

/** `renode train`. */
export async function train(
  { out, json, ...given }: Values<typeof trainFlags>,
  context: CommandContext,
): Promise<void> {
  const { signal } = context;
  const open = await openGraph(given);
  const data = dataOf(open, given);
  const scoring = { ...influenceOptions(given), ...open.labels, signal };
  const scored = given.renode ? renodeWeights.detailed(open.read.graph, scoring) : undefined;
  for (const { message } of scored?.warnings ?? []) context.progress.note(message);
  const event = await trained(data, { ...trainOptions(given, scored), signal }, context);
  event.model.dispose();
  const result = resultOf(given, data, event);
  if (out !== undefined) await out.saveJson(result);
  if (json) return context.write(`${JSON.stringify(result)}\n`);
  const { test } = event;
  if (test)
    context.write(
      `test: weighted F1 ${percent(test.weightedF1)}, macro F1 ${percent(test.macroF1)}, accuracy ${percent(test.accuracy)}\n`,
    );
  if (out !== undefined) context.write(`${out.path}\n`);
}

import { createRandom } from "@deepgrain/lm";
import { type RenodeResult, renodeWeights } from "@deepgrain/renode";
import { fields } from "@deepgrain/renode/fields";
import {
  fromGraph,
  lossNames,
  modelNames,
  type NodeData,
  type TrainEndEvent,
  type TrainOptions,
  trainNodes,
} from "@deepgrain/renode/gnn";
import type { CommandContext } from "../cli/context";
import { defineCommand } from "../cli/define-command";
import type { Values } from "../cli/flags";
import * as flags from "../cli/flags";
import { flagsFrom } from "../cli/flags-from";
import {
  graphFlags,
  influenceOptions,
  type OpenGraph,
  openGraph,
  scoreFlags,
  splitFlags,
} from "./open-graph";

const trainFlags = {
  network: flags.choice(modelNames, { default: "gcn", help: "Graph network of two layers" }),
  loss: flags.choice(lossNames, { default: "ce", help: "Loss per labelled node" }),
  renode: flags.toggle({
    default: true,
    help: "Weigh the labelled nodes with ReNode",
    negated: "Weigh all labelled nodes alike",
  }),
  tam: flags.flag({ help: "Add TAM's margins" }),
  features: flags.text({
    default: "features",
    help: "Node attribute with a list of numbers; if no node has it, each node is its own feature",
  }),
  ...flagsFrom(fields.network),
  initialSeed: flags.whole({ default: 0, help: "Seed of the initial weights and dropout" }),
};

type Given = Values<typeof graphFlags & typeof scoreFlags & typeof splitFlags & typeof trainFlags>;

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
  const { loss, hidden, dropout, lr, weightDecay, patience, fanouts, batch, tam } = given;
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
    sampling: fanouts && { fanouts, batchSize: batch },
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

export const train = defineCommand({
  description:
    "Trains a graph network on a graph's labelled nodes, with or without ReNode's weights.",
  examples: [
    "renode train --graph shared/data/cora --split balanced --seed 1",
    "renode train --graph graph.json --network sgc --no-renode --out classes.json",
    "renode train --graph shared/data/cora --split step --loss re-weight --network graphsage --fanouts 10,10",
  ],
  isTraining: true,
  flags: {
    ...graphFlags,
    ...splitFlags,
    ...trainFlags,
    ...scoreFlags,
    out: flags.outFile({
      help: "File for the scores and every node's class, as JSON",
    }),
    json: flags.flag({ help: "Print them as JSON" }),
  },
  async run({ out, json, ...given }, context) {
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
  },
});

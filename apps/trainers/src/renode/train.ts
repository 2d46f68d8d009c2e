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
    help: "Weigh the labelled nodes with ReNode, and train without it beside",
    negated: "Only train with all labelled nodes weighed alike",
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

export const train = defineCommand({
  description:
    "Trains a graph network on a graph's labelled nodes with ReNode's weights, and beside it without them.",
  examples: [
    "renode train --graph shared/data/cora --split balanced --seed 1",
    "renode train --graph own.npz   # edge_index, y, train_mask, x, as PyTorch Geometric has them",
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
  },
});

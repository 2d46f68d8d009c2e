/** @file Long work of every package, each piece of which a timer of its own thread is to end. */
import { dpo } from "@deepgrain/align";
import { scoreExperts } from "@deepgrain/esft";
import { fedAvg, inProcessTransport, runFederation } from "@deepgrain/fedlt";
import {
  blockPromptSet,
  blockTask,
  isolate,
  loadShippedModel,
  reweight,
  saliencyFlow,
} from "@deepgrain/icl-anchors";
import { generate, generateBatch, train } from "@deepgrain/lm";
import { annotate, beamSearch, type Completer, verify } from "@deepgrain/prm";
import { fromGraph, trainNodes } from "@deepgrain/renode/gnn";
import Graph from "graphology";
import { countingData, tinyMixture } from "./tiny-mixture";

type Work = (signal: AbortSignal) => AsyncIterable<unknown> | Promise<unknown>;

const MANY = 100_000;

const completer: Completer = async (_, { seeds }) => seeds.map(() => "a further step");
const scorer = async (_: string, steps: readonly string[]) => steps.map(() => 0.5);
const solutions = Array.from({ length: MANY }, (_, i) => ({
  id: `s${i}`,
  problem: "p",
  steps: ["one", "#### 1"],
  gold: "1",
}));

/** A circle of nodes of two classes. */
function circle() {
  const graph = new Graph({ type: "undirected" });
  for (let i = 0; i < 8; i++) graph.addNode(i, { label: i < 4 ? "a" : "b", train: i % 2 === 0 });
  for (let i = 0; i < 8; i++) graph.addEdge(i, (i + 1) % 8);
  return fromGraph(graph, { getNodeFeatures: null });
}

function* samples() {
  for (let i = 0; i < MANY; i++) yield countingData.batch(i);
}

const side = (mark: number) => ({ inputIds: [3, 4, mark], labels: [-100, -100, mark] });
const pair = { chosen: side(1), rejected: side(2), promptTokens: 2, isTruncated: false };

/** Pieces of work by name; none would end within minutes. */
export async function longWork(): Promise<Record<string, Work>> {
  const model = tinyMixture();
  const anchors = await loadShippedModel("anchors");
  const { prompts } = blockPromptSet(blockTask, { seed: 1, items: 1, demonstrations: "fresh" });
  const many = new Array(MANY).fill(prompts[0]);
  const prompt = [1, 2, 3];
  const search = { completer, scorer, n: 4, width: 2, maxSteps: MANY, separator: "\n" };
  const transport = () =>
    inProcessTransport({
      clients: ["a"],
      train: ({ params }) => ({ params: new Map(params), numSamples: 1 }),
    });
  const initial = new Map([["w", { shape: [1], data: Float32Array.of(0) }]]);
  return {
    train: (signal) => train(model, countingData, { steps: MANY, lr: 1e-3, signal }),
    generate: (signal) => generate(model, [prompt], { maxNewTokens: 4000, signal }),
    generateBatch: (signal) => generateBatch(model, [{ prompt, maxNewTokens: 4000 }], { signal }),
    dpo: (signal) =>
      dpo(model, [pair, pair], {
        steps: MANY,
        lr: 1e-3,
        batchSize: 2,
        referenceFree: true,
        signal,
      }),
    saliencyFlow: (signal) => saliencyFlow(anchors, many, { batchSize: 1, signal }),
    isolate: (signal) =>
      isolate(anchors, many, { where: "first", layers: 1, batchSize: 1, signal }),
    reweight: (signal) => reweight(anchors, many, { epochs: 1, signal }),
    annotate: (signal) => annotate(solutions, { completer, signal }),
    verify: (signal) => verify("p", { completer, scorer, n: MANY, signal }),
    beamSearch: (signal) => beamSearch("p", { ...search, signal }),
    scoreExperts: (signal) =>
      scoreExperts(model, samples(), {
        run: (batch) => model.hiddenStates(batch),
        nSampleTokens: Infinity,
        signal,
      }),
    runFederation: (signal) =>
      runFederation({ transport: transport(), strategy: fedAvg(), initial, rounds: MANY, signal }),
    trainNodes: (signal) =>
      trainNodes(circle(), {
        model: "gcn",
        random: () => 0.5,
        maxEpochs: MANY,
        minEpochs: MANY,
        signal,
      }),
  };
}

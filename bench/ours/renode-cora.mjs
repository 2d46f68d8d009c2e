// node renode-cora.mjs <threads> totoro|gcn-words|gcn [hidden width]: Totoro of Cora's 140 labelled nodes at tolerance 1e-12, or
// training steps (forward, backward, Adam) of the package's GCN with sparse or dense features, as `trainNodes` takes them. One
// thread by the processor's clock. Prints a line of JSON.
import { planetoid } from "@deepgrain/datasets";
import { totoro } from "@deepgrain/renode";
import {
  fromCitation,
  Gcn,
  GraphBatch,
  nodeLoss,
  ReplayedSteps,
  wholeGraph,
} from "@deepgrain/renode/gnn";
import { createWasmBackend, Generator, optim, setBackend } from "@deepgrain/tensor-gpu";
import { median } from "../markdown.mjs";
import { coraFolder } from "./cora-folder.mjs";

const [threadsText, workload, hiddenText = "32"] = process.argv.slice(2);
const hidden = Number(hiddenText);
const threads = Number(threadsText);
const SECONDS = 2;
const WARM_UP = 20;
const data = fromCitation(await planetoid(coraFolder));

const now = () => {
  if (threads > 1) return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Median milliseconds of a step after warming up; short steps are timed several at once, as asking the clock takes time. */
async function timeOf(step) {
  for (let i = 0; i < WARM_UP; i++) await step();
  const before = now();
  await step();
  const once = Math.max(1, Math.floor(20 / Math.max(1e-3, now() - before)));
  const times = [];
  const end = performance.now() + 1000 * SECONDS;
  while (performance.now() < end || times.length < 5) {
    const start = now();
    for (let i = 0; i < once; i++) await step();
    times.push((now() - start) / once);
  }
  return median(times);
}

function denseFeatures({ rows, cols, rowOffsets, colIndices }) {
  const values = new Float32Array(rows * cols);
  for (let r = 0; r < rows; r++)
    for (let e = rowOffsets[r]; e < rowOffsets[r + 1]; e++) values[r * cols + colIndices[e]] = 1;
  return { rows, cols, data: values };
}

function gcnStep(isDense) {
  setBackend(createWasmBackend({ threads }));
  const features = isDense ? denseFeatures(data.features) : data.features;
  const model = new Gcn({
    features: 1433,
    classes: 7,
    hidden,
    dropout: 0,
    generator: new Generator(1),
  });
  const batch = new GraphBatch(wholeGraph(data.graph), features);
  const optimizer = new optim.AdamW(model.parameters(), { lr: 1e-2, weightDecay: 0 });
  const { train } = data.split;
  batch.restrictTo(train);
  const nodes = {
    rows: train,
    targets: Int32Array.from(train, (node) => data.classes[node]),
    weights: new Float32Array(train.length).fill(1),
    margins: null,
  };
  const loss = nodeLoss("ce", { counts: new Int32Array(7).fill(20) });
  const steps = new ReplayedSteps(model, optimizer, batch, nodes, loss);
  return () => steps.step(1e-2);
}

function totoroStep() {
  const getNodeTrain = new Array(data.graph.order).fill(false);
  for (const node of data.split.train) getNodeTrain[node] = true;
  return () => totoro.detailed(data.graph, { getNodeLabel: data.classes, getNodeTrain });
}

const medianMs = await timeOf(workload === "totoro" ? totoroStep() : gcnStep(workload === "gcn"));
console.log(JSON.stringify({ name: "deepgrain", workload, hidden, threads, medianMs }));
process.exit(0);

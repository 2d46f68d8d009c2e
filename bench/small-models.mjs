// The tables of convolution, a small CNN, a tiny perceptron and a graph network, beside PyTorch.
import { coraFolder } from "./ours/cora-graph.mjs";

const THREADS = [1, 2];

/** Our form, PyTorch's form, and how many times PyTorch's speed it is meant to have, where that was agreed. */
const comparisons = [
  { workload: "conv", peer: "pytorch", floor: 0.35 },
  { workload: "cnn", peer: "pytorch" },
  { workload: "mlp", peer: "pytorch", floor: 3 },
  { workload: "gcn", peer: "pytorch-index-add" },
  { workload: "gcn", peer: "pytorch-csr" },
  { workload: "gcn-words", peer: "pytorch-index-add", floor: 1 },
  { workload: "gcn-words", peer: "pytorch-csr" },
  { workload: "gcn-words", peer: "pytorch-csr-words" },
];

const titles = {
  conv: "3×3 convolution 32→64 on 28×28, batch 32, forward and backward",
  cnn: "CNN step, 2 × (3×3 convolution, batch norm, ReLU, max pool) and a linear layer, 28×28, batch 32",
  mlp: "perceptron step 8-16-16-1, batch 32",
  gcn: "GCN step, 2 layers, hidden 64, features as dense rows of zeros and ones",
  "gcn-words": "GCN step, the same with features as lists of words",
};

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const show = (value, digits = 2) => (Number.isFinite(value) ? value.toFixed(digits) : "-");
const verdict = (ratio, floor) =>
  floor === undefined || !Number.isFinite(ratio)
    ? ""
    : `, floor ${floor} (${ratio >= floor ? "met" : "MISSED"})`;

function over(lines, wanted) {
  const fits = (line) => Object.entries(wanted).every(([key, value]) => line[key] === value);
  return median(lines.filter(fits).map((line) => line.medianMs));
}

function printWorkload(lines, workload) {
  console.log(`\n${titles[workload]}, ms`);
  for (const threads of THREADS)
    for (const name of ["deepgrain", "deepgrain-blas"]) {
      const mine = over(lines, { name, workload, threads });
      if (!Number.isFinite(mine)) continue;
      console.log(`  ${name} ${threads} thread${threads > 1 ? "s" : " "} ${show(mine, 3)}`);
      for (const { peer, floor } of comparisons.filter((one) => one.workload === workload)) {
        const theirs = over(lines, { name: peer, workload: workload.split("-")[0], threads });
        const asked = name === "deepgrain" ? floor : undefined;
        console.log(
          `    ${peer} ${show(theirs, 3)}: ratio ${show(theirs / mine)}${verdict(theirs / mine, asked)}`,
        );
      }
    }
}

/** Small models: each of ours, on both back ends, beside each form in PyTorch. */
export function smallModels({ ours, oursOnBlas, torch, rounds }) {
  const cora = coraFolder ? [coraFolder] : [];
  if (!coraFolder)
    console.log("\nCora is missing (no shared data): GCNs run on a random graph of its size.");
  const names = Object.keys(titles);
  const lines = Array.from({ length: rounds }, () =>
    THREADS.flatMap((threads) => [
      ...names.flatMap((name) => ours("workload.mjs", threads, name, "1")),
      ...names.flatMap((name) => oursOnBlas("workload.mjs", threads, name, "1")),
      ...["conv", "cnn", "mlp"].flatMap((name) => torch("workloads.py", threads, name, "1")),
      ...torch("workloads.py", threads, "gcn", "0.7", ...cora),
    ]),
  ).flat();
  for (const name of names) printWorkload(lines, name);
}

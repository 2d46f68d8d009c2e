// The table of convolution, a small CNN, a tiny perceptron and a graph network, beside PyTorch.
import { floorCell, markdownTable, median, show, showMs } from "./markdown.mjs";
import { coraFolder } from "./ours/cora-folder.mjs";

const THREADS = [1, 2];

/** Ours, PyTorch's form, and how many times PyTorch's speed `wasm` is meant to have, where that was agreed. */
const comparisons = [
  {
    title: "3×3 convolution 32→64, 28×28, batch 32",
    workload: "conv",
    peer: "pytorch",
    floor: 0.35,
  },
  { title: "CNN, 2 × (3×3, batch norm, ReLU, pool)", workload: "cnn", peer: "pytorch" },
  { title: "perceptron 8-16-16-1, batch 32", workload: "mlp", peer: "pytorch", floor: 3 },
  { title: "GCN; PyTorch: index_add", workload: "gcn-words", peer: "pytorch-index-add", floor: 1 },
  { title: "GCN; PyTorch: CSR", workload: "gcn-words", peer: "pytorch-csr" },
  { title: "GCN; PyTorch: CSR, sparse features", workload: "gcn-words", peer: "pytorch-csr-words" },
  { title: "GCN, dense features; PyTorch: index_add", workload: "gcn", peer: "pytorch-index-add" },
  { title: "GCN, dense features; PyTorch: CSR", workload: "gcn", peer: "pytorch-csr" },
];

function over(lines, wanted) {
  const fits = (line) => Object.entries(wanted).every(([key, value]) => line[key] === value);
  return median(lines.filter(fits).map((line) => line.medianMs));
}

function row(lines, threads, { title, workload, peer, floor }) {
  const mine = (name) => over(lines, { name, workload, threads });
  const [wasm, blas] = [mine("deepgrain"), mine("deepgrain-blas")];
  const torch = over(lines, { name: peer, workload: workload.split("-")[0], threads });
  const times = [wasm, blas, torch].map(showMs);
  const ratios = [show(torch / wasm), show(torch / blas), floorCell(torch / wasm, floor)];
  return [title, String(threads), ...times, ...ratios];
}

/** Small models: each of ours, on both backends, beside each form in PyTorch. */
export function smallModels({ ours, oursOnBlas, torch, rounds }) {
  const cora = coraFolder ? [coraFolder] : [];
  const names = [...new Set(comparisons.map(({ workload }) => workload))];
  const lines = Array.from({ length: rounds }, () =>
    THREADS.flatMap((threads) => [
      ...names.flatMap((name) => ours("workload.mjs", threads, name, "0.6")),
      ...names.flatMap((name) => oursOnBlas("workload.mjs", threads, name, "0.6")),
      ...["conv", "cnn", "mlp"].flatMap((name) => torch("workloads.py", threads, name, "0.6")),
      ...torch("workloads.py", threads, "gcn", "0.6", ...cora),
    ]),
  ).flat();
  const graph = coraFolder
    ? "Cora"
    : "a random graph of Cora's size, since the shared data is missing";
  console.log(
    `\n### Small models: forward and backward, and Adam but for the convolution, ms; the graph is ${graph}\n`,
  );
  const head = [
    "",
    "threads",
    "`wasm`",
    "`blas`",
    "PyTorch",
    "`wasm` of it",
    "`blas` of it",
    "floor of `wasm`",
  ];
  const rows = comparisons.flatMap((one) => THREADS.map((threads) => row(lines, threads, one)));
  console.log(markdownTable([head, ...rows]));
}

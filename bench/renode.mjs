// Conflict scores and graph networks beside NumPy, SciPy and PyTorch, and conflict scores of large graphs.
import { fileURLToPath } from "node:url";
import { pythonWith } from "./find-python.mjs";
import { floorCell, markdownTable, median, show, showMs } from "./markdown.mjs";
import { coraFolder } from "./ours/cora-folder.mjs";

const THREADS = [1, 2];
const numpy = pythonWith("scipy");
const script = fileURLToPath(new URL("peers/renode-totoro.py", import.meta.url));
const oneThread = { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" };

const fits = (line, wanted) => Object.entries(wanted).every(([key, value]) => line[key] === value);
const over = (lines, wanted) =>
  median(lines.filter((line) => fits(line, wanted)).map((line) => line.medianMs));
const timeCell = (ms) => (Number.isFinite(ms) ? showMs(ms) : "not installed");

function totoroBeside({ ours, measure, rounds }) {
  const lines = Array.from({ length: rounds }, () => [
    ...ours("renode-cora.mjs", 1, "totoro"),
    ...(numpy ? measure(numpy, [script, coraFolder, "3"], { more: oneThread }) : []),
  ]).flat();
  const mine = over(lines, { name: "deepgrain" });
  console.log("\n### Totoro of Cora's 140 labelled nodes, one thread, ms of processor time\n");
  const peers = [
    ["NumPy, dense inverse", "numpy-inverse", 2],
    ["SciPy, sparse LU for the same rows", "scipy-lu", 1],
  ];
  const rows = peers.map(([title, name, floor]) => {
    const theirs = over(lines, { name });
    return [
      title,
      showMs(mine),
      timeCell(theirs),
      show(theirs / mine),
      floorCell(theirs / mine, floor),
    ];
  });
  console.log(markdownTable([["", "renode", "peer", "peer / renode", "floor"], ...rows]));
}

/**
 * PyTorch's fastest form counts: all rows, the last layer on those of labelled nodes, or both layers on what these depend on, as
 * ours has it.
 */
const GCN_CASES = [
  [
    "sparse features; PyTorch: CSR, sparse features",
    "gcn-words",
    ["pytorch-csr-words", "pytorch-csr-words-rows", "pytorch-csr-words-field"],
    2.5,
  ],
  [
    "dense features; PyTorch: CSR, dense features",
    "gcn",
    ["pytorch-csr", "pytorch-csr-rows", "pytorch-csr-field"],
    undefined,
  ],
];

/** ReNode's own experiments have 32; Kipf and Welling's 16, IGL-Bench's 64. */
const FLOOR_WIDTH = 32;

/** The part `gcn`. */
export function gcn({ ours, torch, rounds }) {
  if (!coraFolder) {
    console.log("\nCora is not there (shared data): the table of the GCN is left out.");
    return;
  }
  const widths = [FLOOR_WIDTH, 64, 16];
  const lines = Array.from({ length: rounds }, () =>
    THREADS.flatMap((threads) =>
      widths.flatMap((hidden) => [
        ...["gcn-words", "gcn"].flatMap((name) =>
          ours("renode-cora.mjs", threads, name, String(hidden)),
        ),
        ...torch("workloads.py", threads, "gcn", "0.6", coraFolder, String(hidden)),
      ]),
    ),
  ).flat();
  console.log("\n### Training step of the GCN on Cora (forward, backward, Adam), ms\n");
  const rows = GCN_CASES.flatMap(([title, workload, peers, floor]) =>
    widths.flatMap((hidden) =>
      THREADS.map((threads) => {
        const mine = over(lines, { name: "deepgrain", workload, hidden, threads });
        const theirs = Math.min(...peers.map((name) => over(lines, { name, hidden, threads })));
        const ratio = theirs / mine;
        return [
          `${title}; hidden ${hidden}`,
          String(threads),
          showMs(mine),
          timeCell(theirs),
          show(ratio),
          floorCell(ratio, hidden === FLOOR_WIDTH ? floor : undefined),
        ];
      }),
    ),
  );
  console.log(
    markdownTable([["", "threads", "renode", "PyTorch", "PyTorch / renode", "floor"], ...rows]),
  );
}

function scale({ measure, here }) {
  const run = (name, ...rest) =>
    measure(process.execPath, [fileURLToPath(new URL(`ours/${name}`, here)), ...rest])[0];
  console.log("\n### Conflict scores of large graphs\n");
  const rows = [
    ["1 M nodes, 10 M edges, 200 labelled, exact to 1e-12", run("renode-scale.mjs", "exact"), 600],
    ["the same, push 1e-4", run("renode-scale.mjs", "1e-4", "check"), 10],
    ["the same, push 1e-6", run("renode-scale.mjs", "1e-6", "check"), 60],
    ["WordNet's nouns, 200 labelled, exact to 1e-12", run("renode-wordnet.mjs"), 30],
  ].map(([title, line, limit]) => [
    title,
    show(line?.seconds, 1),
    `${limit}, ${line?.seconds <= limit ? "met" : "MISSED"}`,
    show(line?.cpuSeconds, 1),
    show(line?.peakMiB, 0),
    show(line?.worstOverBound, 3),
    show(line?.left, 2),
  ]);
  const head = [
    "",
    "seconds",
    "limit",
    "processor seconds",
    "peak MiB",
    "worst error / bound, 5 rows",
    "influence not pushed on",
  ];
  console.log(markdownTable([head, ...rows]));
}

function shapes({ measure, here }) {
  const script = fileURLToPath(new URL("ours/renode-shapes.mjs", here));
  const rows = [
    ["a million parallel edges", "parallel"],
    ["20,000 classes, isolated nodes", "classes"],
    ["20,000 classes, nodes in a ring", "ring"],
  ].map(([title, shape]) => {
    const line = measure(process.execPath, [script, shape])[0];
    return [title, show(line?.seconds, 1), show(line?.cpuSeconds, 1), show(line?.peakMiB, 0)];
  });
  console.log("\n### Weights of graphs whose shape attacks\n");
  console.log(markdownTable([["", "seconds", "processor seconds", "peak MiB"], ...rows]));
}

/** The part `renode`. */
export function renode(runners) {
  if (coraFolder) totoroBeside(runners);
  else console.log("\nCora is not there (shared data): its table is left out.");
  scale({ ...runners, here: import.meta.url });
  shapes({ ...runners, here: import.meta.url });
}

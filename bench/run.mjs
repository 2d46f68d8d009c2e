// npm run bench [-- --rounds N] [-- --only gemm|gpt|models|moe|esft]: the engine beside its peers, in one run, so that
// ratios hold where single numbers drift. Peers are installed into a folder outside the workspace; a peer that cannot be had is named and
// left out. PyTorch is used where the system's python3 has it.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { esftStep, mixtureLayer } from "./mixtures.mjs";
import { smallModels } from "./small-models.mjs";

const { values: flags } = parseArgs({
  options: { rounds: { type: "string", default: "3" }, only: { type: "string" } },
});
const here = fileURLToPath(new URL(".", import.meta.url));
const peersFolder = join(tmpdir(), "deepgrain-bench-peers");
const peerPackages = [
  "@jax-js/jax@0.1.25",
  "@tensorflow/tfjs@4.22.0",
  "@tensorflow/tfjs-backend-wasm@4.22.0",
];
// Some machines pin OpenBLAS to an older kernel, which would slow PyTorch down.
const env = { ...process.env };
delete env.OPENBLAS_CORETYPE;
delete env.OPENBLAS_L2_SIZE;

function installPeers() {
  mkdirSync(peersFolder, { recursive: true });
  if (existsSync(join(peersFolder, "node_modules", "@tensorflow", "tfjs"))) return true;
  writeFileSync(join(peersFolder, "package.json"), '{ "private": true }\n');
  console.error(`Installing ${peerPackages.join(", ")} into ${peersFolder} …`);
  return (
    spawnSync("npm", ["install", "--no-audit", "--no-fund", ...peerPackages], {
      cwd: peersFolder,
      stdio: ["ignore", 2, 2],
    }).status === 0
  );
}

const python = ["/usr/bin/python3", "python3"].find(
  (command) => spawnSync(command, ["-c", "import torch"]).status === 0,
);
const hasPeers = installPeers();

/** Runs one script and reads its lines of JSON. */
function measure(command, args, { cwd = here, more = {} } = {}) {
  try {
    const text = execFileSync(command, args, {
      cwd,
      env: { ...env, ...more },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    });
    return text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  } catch (error) {
    console.error(`${command} ${args.join(" ")} failed: ${error.message}`);
    return [];
  }
}

const withThreads = (threads) => ({
  OMP_NUM_THREADS: String(threads),
  OPENBLAS_NUM_THREADS: String(threads),
});
// For PyTorch alone: our `blas` back end sets the number itself, and a library that began with fewer may not take more.
const torch = (script, threads, ...rest) =>
  python
    ? measure(python, [join(here, "peers", script), String(threads), ...rest], {
        more: withThreads(threads),
      })
    : [];
const ours = (script, threads, ...rest) =>
  measure(process.execPath, [join(here, "ours", script), String(threads), ...rest]);
const hasBlas =
  spawnSync(process.execPath, [join(here, "ours", "workload.mjs"), "1", "mlp", "0", "blas"], {
    env,
  }).status === 0;
const oursOnBlas = (...args) => (hasBlas ? ours(...args, "blas") : []);
const jsPeer = (script, ...rest) =>
  hasPeers
    ? measure(process.execPath, [join(here, "peers", script), ...rest], { cwd: peersFolder })
    : [];

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const show = (value, digits = 2) => (Number.isFinite(value) ? value.toFixed(digits) : "-");

function gemm() {
  console.log("\nMatrix products against the machine's 128-bit multiply-add peak:");
  spawnSync("npm", ["run", "-s", "bench"], {
    cwd: join(here, "../packages/tensor-gpu"),
    env,
    stdio: ["ignore", "inherit", "inherit"],
  });
  for (const threads of [1, 2]) {
    const mine = ours("gemm.mjs", threads);
    const theirs = new Map(torch("gemm.py", threads).map((row) => [row.case, row.gflops]));
    console.log(`\nMatrix products beside PyTorch, ${threads} thread${threads > 1 ? "s" : ""}`);
    for (const row of mine)
      console.log(
        `  ${row.case.padEnd(18)} ${show(row.gflops, 1).padStart(6)} GFLOP/s (best ${show(row.bestGflops, 1)})  of PyTorch ${show(row.gflops / theirs.get(row.case))}`,
      );
  }
}

function gpt() {
  const tokens = 16 * 128;
  const rounds = Array.from({ length: Number(flags.rounds) }, () => [
    ...ours("workload.mjs", 1, "gpt", "3"),
    ...oursOnBlas("workload.mjs", 1, "gpt", "3"),
    ...torch("gpt.py", 1, "3"),
    ...ours("workload.mjs", 2, "gpt", "3"),
    ...oursOnBlas("workload.mjs", 2, "gpt", "3"),
    ...torch("gpt.py", 2, "3"),
    ...jsPeer("jax-js-gpt.mjs", "3"),
  ]);
  rounds[0].push(...jsPeer("tfjs-gpt.mjs"));
  const times = (name, threads) =>
    rounds
      .flat()
      .filter((row) => row.name === name && row.threads === threads)
      .map((row) => row.medianMs);
  const rate = (name, threads) => (tokens / median(times(name, threads))) * 1000;
  const ratio = (a, b) => show(rate(...a) / rate(...b));
  console.log(
    `\nGPT training step (2048 tokens, 0.94 M parameters), medians of ${rounds.length} interleaved rounds`,
  );
  for (const [name, threads] of [
    ["deepgrain", 1],
    ["deepgrain", 2],
    ["deepgrain-blas", 1],
    ["deepgrain-blas", 2],
    ["pytorch", 1],
    ["pytorch", 2],
    ["pytorch-sdpa", 1],
    ["pytorch-sdpa", 2],
    ["jax-js", 1],
    ["tfjs-wasm", 1],
  ])
    if (times(name, threads).length > 0)
      console.log(
        `  ${name.padEnd(14)} ${threads} thread${threads > 1 ? "s" : " "}  ${show(median(times(name, threads)), 1).padStart(8)} ms  ${show(rate(name, threads), 0).padStart(6)} tokens/s`,
      );
  const mine = rounds.flat().filter((row) => row.name === "deepgrain");
  for (const threads of [1, 2]) {
    const rows = mine.filter((row) => row.threads === threads);
    console.log(
      `  phases, ${threads} thread${threads > 1 ? "s" : ""}: forward ${show(median(rows.map((r) => r.forwardMs)), 1)}, backward ${show(median(rows.map((r) => r.backwardMs)), 1)}, optimiser ${show(median(rows.map((r) => r.optimizerMs)), 1)} ms; memory grown ${Math.max(...rows.map((r) => r.grownBytes))} bytes`,
    );
  }
  console.log(
    `  ratios: PyTorch 1 thread ${ratio(["deepgrain", 1], ["pytorch", 1])}, 2 threads ${ratio(["deepgrain", 2], ["pytorch", 2])}; two threads over one ${ratio(["deepgrain", 2], ["deepgrain", 1])}; jax-js ${ratio(["deepgrain", 1], ["jax-js", 1])}; tfjs-wasm ${ratio(["deepgrain", 1], ["tfjs-wasm", 1])}`,
  );
  const blas = (peer, threads) => ratio(["deepgrain-blas", threads], [peer, threads]);
  console.log(
    `  ratios of blas: PyTorch with plain attention 1 thread ${blas("pytorch", 1)}, 2 threads ${blas("pytorch", 2)}; with SDPA ${blas("pytorch-sdpa", 1)} and ${blas("pytorch-sdpa", 2)}`,
  );
}

console.log(
  `${cpus()[0]?.model ?? "unknown CPU"}, ${availableParallelism()} cores, Node ${process.version}`,
);
if (!python) console.log("PyTorch is not installed for python3: its columns are empty.");
if (!hasBlas) console.log("koffi or a BLAS library is missing: the rows of blas are left out.");
const runners = { ours, oursOnBlas, torch, rounds: Number(flags.rounds) };
const parts = {
  gemm,
  gpt,
  models: () => smallModels(runners),
  moe: () => mixtureLayer(runners),
  esft: () => esftStep(runners),
};
for (const [name, part] of Object.entries(parts))
  if (flags.only === undefined || flags.only === name) part();

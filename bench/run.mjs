// npm run bench [-- flags]: the engine beside its peers; `--help` lists the flags.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { anchorCompression } from "./anchors.mjs";
import { batcher } from "./batcher.mjs";
import { coder } from "./coder.mjs";
import { encoding } from "./encoding.mjs";
import { pythonWith } from "./find-python.mjs";
import { fisher } from "./fisher.mjs";
import { readFlags } from "./flags.mjs";
import { inference } from "./inference.mjs";
import { jsonSchema } from "./json-schema.mjs";
import { floorCell, markdownTable, median, show } from "./markdown.mjs";
import { esftStep, mixtureLayer } from "./mixtures.mjs";
import { gcn, renode } from "./renode.mjs";
import { rollouts } from "./rollouts.mjs";
import { smallModels } from "./small-models.mjs";
import { stepReplay } from "./step-replay.mjs";
import { webgpu } from "./webgpu.mjs";

const parts = {
  gemm,
  gpt,
  models: () => smallModels(runners),
  replay: () => stepReplay(runners),
  moe: () => mixtureLayer(runners),
  esft: () => esftStep(runners),
  inference: () => inference(runners, flags.lines),
  renode: () => renode(runners),
  gcn: () => gcn(runners),
  anchors: () => anchorCompression(runners),
  fisher: () => fisher(runners),
  rollouts: () => rollouts(runners),
  batcher: () => batcher(runners),
  schema: () => jsonSchema(runners),
  coder: () => coder(runners),
  text: () => encoding(runners),
  webgpu: () => webgpu(runners, flags),
};
const flags = readFlags(Object.keys(parts));
const here = fileURLToPath(new URL(".", import.meta.url));
const peersFolder = join(tmpdir(), "deepgrain-bench-peers");
const peerPackages = [
  "@jax-js/jax@0.1.25",
  "@tensorflow/tfjs@4.22.0",
  "@tensorflow/tfjs-backend-wasm@4.22.0",
  "tiktoken@1.0.22",
  "gpt-tokenizer@4.0.0",
];
// Some machines pin OpenBLAS to an older kernel, which would slow PyTorch down.
const env = { ...process.env };
delete env.OPENBLAS_CORETYPE;
delete env.OPENBLAS_L2_SIZE;

/** Those of some packages that cannot be had: what is not there is installed first. */
function missingPeers(packages = peerPackages) {
  const isMissing = (given) =>
    !existsSync(join(peersFolder, "node_modules", given.slice(0, given.lastIndexOf("@"))));
  const missing = packages.filter(isMissing);
  if (missing.length === 0) return [];
  mkdirSync(peersFolder, { recursive: true });
  const manifest = join(peersFolder, "package.json");
  if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }\n');
  console.error(`Installing ${missing.join(", ")} into ${peersFolder} …`);
  spawnSync("npm", ["install", "--no-audit", "--no-fund", ...missing], {
    cwd: peersFolder,
    stdio: ["ignore", 2, 2],
  });
  return packages.filter(isMissing);
}

const python = pythonWith("torch");
/** Whether the JavaScript peers are there; they are installed when a part first asks for them. */
let hasPeers;

/** The values of lines of JSON. */
const parsed = (text) =>
  text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));

/** Runs one script and reads its lines of JSON. */
function measure(command, args, { cwd = here, more = {} } = {}) {
  try {
    return parsed(
      execFileSync(command, args, {
        cwd,
        env: { ...env, ...more },
        encoding: "utf8",
        stdio: ["ignore", "pipe", "inherit"],
      }),
    );
  } catch (error) {
    // A script whose libraries would never let it exit kills itself when it has told everything, and says so in its last line.
    if (error.signal === "SIGKILL") {
      const lines = error.stdout.trim().split("\n");
      if (lines.pop() === "all told") return parsed(lines.join("\n"));
    }
    console.error(`${command} ${args.join(" ")} failed: ${error.message}`);
    return [];
  }
}

const avx2 = { OPENBLAS_CORETYPE: "Haswell", ATEN_CPU_CAPABILITY: "avx2" };
const withThreads = (threads) => ({
  OMP_NUM_THREADS: String(threads),
  OPENBLAS_NUM_THREADS: String(threads),
});
// For PyTorch alone: our `blas` backend sets the number itself, and a library that began with fewer may not take more.
const torch = (script, threads, ...rest) =>
  python
    ? measure(python, [join(here, "peers", script), String(threads), ...rest], {
        more: { ...withThreads(threads), ...(flags.avx2 ? avx2 : {}) },
      })
    : [];
const ours = (script, threads, ...rest) =>
  measure(process.execPath, [join(here, "ours", script), String(threads), ...rest]);
const hasBlas =
  spawnSync(process.execPath, [join(here, "ours", "workload.mjs"), "1", "mlp", "0", "blas"], {
    env,
  }).status === 0;
const oursOnBlas = (...args) => (hasBlas ? ours(...args, "blas") : []);
const inPeers = (script, ...rest) =>
  measure(process.execPath, [join(here, "peers", script), ...rest], { cwd: peersFolder });
const jsPeer = (script, ...rest) => {
  hasPeers ??= missingPeers().length === 0;
  return hasPeers ? inPeers(script, ...rest) : [];
};

function gemm() {
  console.log("\nMatrix products against the machine's 128-bit multiply-add peak:");
  spawnSync("npm", ["run", "-s", "bench"], {
    cwd: join(here, "../packages/tensor-gpu"),
    env,
    stdio: ["ignore", "inherit", "inherit"],
  });
  const sides = [1, 2].map((threads) => {
    const [mine, theirs] = [ours("gemm.mjs", threads), torch("gemm.py", threads)];
    const rateOf = new Map(theirs.map((row) => [row.case, row.gflops]));
    return mine.map((row) => [
      row.case,
      show(row.gflops, 1),
      show(row.gflops / rateOf.get(row.case)),
    ]);
  });
  console.log("\n### Matrix products beside PyTorch\n");
  const head = ["", "1 thread, GFLOP/s", "of PyTorch", "2 threads, GFLOP/s", "of PyTorch"];
  const rows = sides[0].map((row, i) => [...row, ...(sides[1][i]?.slice(1) ?? ["-", "-"])]);
  console.log(markdownTable([head, ...rows]));
}

function gpt() {
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
  const ms = (name, threads) => median(times(name, threads));
  const ratio = (a, b) => ms(...b) / ms(...a);
  console.log(
    `\n### Training step of a small GPT (2048 tokens, 0.94 M parameters), ms, medians of ${rounds.length} interleaved rounds\n`,
  );
  const sides = {
    "deepgrain `wasm`": "deepgrain",
    "deepgrain `blas`": "deepgrain-blas",
    "PyTorch eager, plain attention, fused Adam": "pytorch",
    "PyTorch eager, SDPA": "pytorch-sdpa",
    "jax-js": "jax-js",
    "TensorFlow.js (wasm)": "tfjs-wasm",
  };
  const cells = Object.entries(sides).map(([title, name]) => [
    title,
    ...[1, 2].map((threads) => show(ms(name, threads), 0)),
  ]);
  console.log(markdownTable([["", "1 thread", "2 threads"], ...cells]));
  console.log("");
  const [one, two] = [1, 2].map((threads) => ["deepgrain", threads]);
  const [blasOne, blasTwo] = [1, 2].map((threads) => ["deepgrain-blas", threads]);
  const ratios = [
    ["`wasm` of PyTorch, 1 thread", ratio(one, ["pytorch", 1]), 0.5, "0.65"],
    ["`wasm` of PyTorch, 2 threads", ratio(two, ["pytorch", 2]), 0.7, "0.9"],
    ["two threads over one", ratio(two, one), 1.7, "-"],
    ["of jax-js, 1 thread", ratio(one, ["jax-js", 1]), 2.2, "-"],
    ["of TensorFlow.js, 1 thread", ratio(one, ["tfjs-wasm", 1]), 18, "-"],
    ["`blas` of PyTorch, 1 thread", ratio(blasOne, ["pytorch", 1]), 0.9, "1.0"],
    ["`blas` of PyTorch, 2 threads", ratio(blasTwo, ["pytorch", 2]), 1, "1.3"],
    ["`blas` of PyTorch with SDPA, 1 thread", ratio(blasOne, ["pytorch-sdpa", 1]), undefined, "-"],
    ["`blas` of PyTorch with SDPA, 2 threads", ratio(blasTwo, ["pytorch-sdpa", 2]), undefined, "-"],
  ].map(([title, value, floor, aim]) => [title, show(value), floorCell(value, floor), aim]);
  console.log(markdownTable([["ratio", "measured", "floor", "aim"], ...ratios]));
  const mine = rounds.flat().filter((row) => row.name === "deepgrain");
  for (const threads of [1, 2]) {
    const rows = mine.filter((row) => row.threads === threads);
    const phase = (field) => show(median(rows.map((row) => row[field])), 1);
    console.log(
      `\nPhases, ${threads} thread${threads > 1 ? "s" : ""}: forward ${phase("forwardMs")}, backward ${phase("backwardMs")}, optimiser ${phase("optimizerMs")} ms; memory grown ${Math.max(...rows.map((row) => row.grownBytes))} bytes`,
    );
  }
}

console.log(
  `${cpus()[0]?.model ?? "unknown CPU"}, ${availableParallelism()} cores, Node ${process.version}`,
);
if (!python)
  console.log(
    "PyTorch is not installed for python3 (DEEPGRAIN_PYTHON may name another): its columns are empty.",
  );
if (!hasBlas) console.log("koffi or a BLAS library is missing: the rows of blas are left out.");
const runners = {
  ours,
  oursOnBlas,
  torch,
  jsPeer,
  inPeers,
  missingPeers,
  measure,
  hasBlas,
  rounds: Number(flags.rounds),
};
for (const [name, part] of Object.entries(parts))
  if (flags.only === undefined || flags.only === name) part();

// The tables of the backend `webgpu`: beside `wasm` on all cores, gpu.js and other libraries on WebGPU, and beside the time that
// its own measured rates allow. Everything runs in Node, on Dawn.
import { availableParallelism, cpus } from "node:os";
import { bestRates } from "./webgpu/allowed-time.mjs";
import { KINDS, markdownReport, mergedLines, ownColumns } from "./webgpu/report.mjs";
import { webgpuSizes } from "./webgpu/sizes.mjs";

const threads = availableParallelism();
const TFJS = ["@tensorflow/tfjs@4.22.0", "@tensorflow/tfjs-backend-webgpu@4.22.0"];

const peers = [
  { name: "jax-js", title: "jax-js 0.1.25", packages: ["@jax-js/jax@0.1.25"] },
  { name: "tfjs", title: "TensorFlow.js 4.22.0", packages: TFJS },
  {
    name: "onnxruntime",
    title: "onnxruntime-web 1.30.0",
    packages: ["onnxruntime-web@1.30.0"],
  },
];

/** Why this adapter is not measured; undefined where it is. */
function refusal(found, isSoftware) {
  if (found === undefined) return "WebGPU could not be opened in Node (npm package webgpu)";
  if (found.missing) return found.missing;
  if (found.isSoftware && !isSoftware)
    return (
      `the adapter "${found.adapter}" computes on the processor, which says nothing about a graphics processor; ` +
      "`npm run bench -- --only webgpu --software` measures it all the same, with sizes cut"
    );
  return undefined;
}

/** Every library once. */
function round({ ours, inPeers }, missing, hardware) {
  const sizes = webgpuSizes[hardware];
  const isThere = (name) => !missing.includes(name);
  const stepsOf = (name, run) =>
    isThere(name) ? sizes.steps.flatMap((step) => run(JSON.stringify(step))) : [];
  return [
    ...KINDS.flatMap((kind) => ours("webgpu.mjs", threads, kind, hardware)),
    ...peers.flatMap(({ name }) =>
      isThere(name) ? inPeers("webgpu-products.mjs", name, hardware) : [],
    ),
    ...stepsOf("jax-js", (step) =>
      inPeers("jax-js-gpt.mjs", String(sizes.seconds), step, hardware),
    ),
    ...stepsOf("tfjs", (step) => inPeers("tfjs-gpt.mjs", step, hardware)),
  ];
}

/** Measures and prints the tables and, last, a line of JSON; says why where there is nothing to measure. */
export function webgpu(runners, { software, only }) {
  const [found] = runners.ours("webgpu.mjs", threads, "adapter");
  const problem = refusal(found, software);
  if (problem) {
    console.error(`webgpu: ${problem}.`);
    if (only === "webgpu") process.exitCode = 1;
    return;
  }
  const missingPackages = runners.missingPeers(peers.flatMap(({ packages }) => packages));
  const missing = peers
    .filter(({ packages }) => packages.some((one) => missingPackages.includes(one)))
    .map(({ name }) => name);
  const peerColumns = peers.map(({ name, title }) => ({
    name,
    title,
    note: missing.includes(name) ? "not installed" : undefined,
  }));
  const hardware = found.isSoftware ? "software" : "hardware";
  const rounds = found.isSoftware ? 1 : runners.rounds;
  const lines = mergedLines(
    Array.from({ length: rounds }, () => round(runners, missing, hardware)).flat(),
  );
  const clock = found.isSoftware ? "processor time, ms (SOFTWARE adapter, sizes cut)" : "ms";
  const columns = [...ownColumns(threads), ...peerColumns];
  const report = { found, lines, sizes: webgpuSizes[hardware], columns, clock };
  console.log(`\n${markdownReport(report)}`);
  const machine = { cpu: cpus()[0]?.model ?? "unknown", cores: threads, node: process.version };
  const ratesPerMs = bestRates(lines);
  console.log(
    `\n${JSON.stringify({ bench: "webgpu", ...found, machine, ratesPerMs, missing: missingPackages, lines })}`,
  );
}

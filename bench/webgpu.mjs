// The tables of the backend `webgpu`: beside `wasm` on all cores, gpu.js and other libraries on WebGPU, and beside the time that
// its own measured rates allow. Everything runs in Node, on Dawn, or without the other libraries in Chromium.
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

/** Where everything runs: the script that measures our own backends there, and what has to be installed for it. */
const places = {
  node: { script: "webgpu.mjs", name: "Node (npm package webgpu)" },
  chromium: { script: "webgpu-chromium.mjs", name: "Chromium" },
};

/** Why this adapter is not measured; undefined where it is. */
function refusal(found, isSoftware, { script, name }) {
  if (found === undefined) return `WebGPU could not be opened in ${name}`;
  if (found.missing) return found.missing;
  const flags = script === places.chromium.script ? "--chromium --software" : "--software";
  if (found.isSoftware && !isSoftware)
    return (
      `the adapter "${found.adapter}" computes on the processor, which says nothing about a graphics processor; ` +
      `\`npm run bench -- --only webgpu ${flags}\` measures it all the same, with sizes cut`
    );
  return undefined;
}

/** Our own backends once. */
const ownRound = ({ ours }, { script }, hardware) =>
  KINDS.flatMap((kind) => ours(script, threads, kind, hardware));

/** Every other library once. */
function peerRound({ inPeers }, missing, hardware) {
  const sizes = webgpuSizes[hardware];
  const isThere = (name) => !missing.includes(name);
  const stepsOf = (name, run) =>
    isThere(name) ? sizes.steps.flatMap((step) => run(JSON.stringify(step))) : [];
  return [
    ...peers.flatMap(({ name }) =>
      isThere(name) ? inPeers("webgpu-products.mjs", name, hardware) : [],
    ),
    ...stepsOf("jax-js", (step) =>
      inPeers("jax-js-gpt.mjs", String(sizes.seconds), step, hardware),
    ),
    ...stepsOf("tfjs", (step) => inPeers("tfjs-gpt.mjs", step, hardware)),
  ];
}

/** The other libraries, which run in Node alone: their columns, and the packages that cannot be had. */
function findPeers(runners, isInNode) {
  if (!isInNode) return { columns: peers.map((peer) => ({ ...peer, note: "Node only" })) };
  const packages = runners.missingPeers(peers.flatMap((peer) => peer.packages));
  const isMissing = (peer) => peer.packages.some((one) => packages.includes(one));
  const missing = peers.filter(isMissing).map(({ name }) => name);
  const columns = peers.map((peer) =>
    missing.includes(peer.name) ? { ...peer, note: "not installed" } : peer,
  );
  const measure = (hardware) => peerRound(runners, missing, hardware);
  return { columns, packages, measure };
}

const SOFTWARE_CLOCKS = {
  node: "processor time, ms (SOFTWARE adapter, sizes cut)",
  chromium: "ms by the wall's clock (SOFTWARE adapter, sizes cut)",
};

/** Measures and prints the tables and, last, a line of JSON; says why where there is nothing to measure. */
export function webgpu(runners, { software, chromium, only }) {
  const where = chromium ? "chromium" : "node";
  const place = places[where];
  const [found] = runners.ours(
    place.script,
    threads,
    "adapter",
    software ? "software" : "hardware",
  );
  const problem = refusal(found, software, place);
  if (problem) {
    console.error(`webgpu: ${problem}.`);
    if (only === "webgpu") process.exitCode = 1;
    return;
  }
  const others = findPeers(runners, !chromium);
  const hardware = found.isSoftware ? "software" : "hardware";
  const rounds = found.isSoftware ? 1 : runners.rounds;
  const round = () => [
    ...ownRound(runners, place, hardware),
    ...(others.measure?.(hardware) ?? []),
  ];
  const lines = mergedLines(Array.from({ length: rounds }, round).flat());
  const clock = found.isSoftware ? SOFTWARE_CLOCKS[where] : "ms";
  const columns = [...ownColumns(found.threads ?? threads), ...others.columns];
  const report = { found, lines, sizes: webgpuSizes[hardware], columns, clock };
  console.log(`\n${markdownReport(report)}`);
  const machine = { cpu: cpus()[0]?.model ?? "unknown", cores: threads, node: process.version };
  const ratesPerMs = bestRates(lines);
  const { packages: missing } = others;
  console.log(
    `\n${JSON.stringify({ bench: "webgpu", ...found, machine, ratesPerMs, missing, lines })}`,
  );
}

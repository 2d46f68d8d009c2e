// The tables of the backend `webgpu`: beside `wasm` on all cores, gpu.js and other libraries on WebGPU, and beside the time that
// its own measured rates allow. Everything runs in Node, on Dawn.
import { availableParallelism, cpus } from "node:os";
import { allowedMs, bestRates } from "./allowed-time.mjs";
import { markdownTable, median, show, showMs } from "./markdown.mjs";
import { productName, promptName, stepName, tokenName, webgpuSizes } from "./webgpu-sizes.mjs";

const threads = availableParallelism();
const TFJS = ["@tensorflow/tfjs@4.22.0", "@tensorflow/tfjs-backend-webgpu@4.22.0"];

const columns = [
  { name: "webgpu", title: "`webgpu`" },
  { name: "wasm", title: `\`wasm\`, ${threads} threads` },
  { name: "gpu", title: "`gpu` (gpu.js)" },
  { name: "jax-js", title: "jax-js 0.1.25", packages: ["@jax-js/jax@0.1.25"] },
  { name: "tfjs", title: "TensorFlow.js 4.22.0", packages: TFJS },
  {
    name: "onnxruntime",
    title: "onnxruntime-web 1.30.0",
    packages: ["onnxruntime-web@1.30.0"],
  },
];
const peers = columns.filter(({ packages }) => packages);

const works = (sizes) => [
  "copy",
  ...sizes.products.map(productName),
  ...sizes.steps.map(stepName),
  ...sizes.models.flatMap((model) => [tokenName(model), promptName(model, sizes.prompt)]),
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
function round({ ours, inPeers }, isMissing, hardware) {
  const sizes = webgpuSizes[hardware];
  const stepsOf = (name, run) =>
    isMissing(name) ? [] : sizes.steps.flatMap((step) => run(JSON.stringify(step)));
  return [
    ...["webgpu", "wasm", "gpu"].flatMap((kind) => ours("webgpu.mjs", threads, kind, hardware)),
    ...peers.flatMap(({ name }) =>
      isMissing(name) ? [] : inPeers("webgpu-products.mjs", name, hardware),
    ),
    ...stepsOf("jax-js", (step) =>
      inPeers("jax-js-gpt.mjs", String(sizes.seconds), step, hardware),
    ),
    ...stepsOf("tfjs", (step) => inPeers("tfjs-gpt.mjs", step, hardware)),
  ];
}

/** One line per work and library, with the median of the rounds. */
function merged(lines) {
  const groups = new Map();
  for (const line of lines) {
    const key = `${line.name} ${line.what}`;
    groups.set(key, [...(groups.get(key) ?? []), line]);
  }
  return [...groups.values()].map((group) => {
    const { name, what, counts, error } = group.at(-1);
    if (error) return { name, what, error };
    return { name, what, ms: median(group.map(({ ms }) => ms)), counts };
  });
}

function timesTable(lines, sizes, isMissing) {
  const rows = works(sizes).map((what) => [
    what === "copy" ? `copy of ${(4 * sizes.copyFloats) / 2 ** 20} MiB` : what,
    ...columns.map(({ name }) => {
      if (isMissing(name)) return "not installed";
      const line = lines.find((one) => one.name === name && one.what === what);
      return line?.error ? "failed" : showMs(line?.ms);
    }),
  ]);
  return markdownTable([["ms", ...columns.map(({ title }) => title)], ...rows]);
}

function allowedTable(lines, rates, sizes) {
  const rows = works(sizes).flatMap((what) => {
    const line = lines.find((one) => one.name === "webgpu" && one.what === what);
    if (!line?.counts) return [];
    const { flop, bytes, dispatches, submits } = line.counts;
    const allowed = allowedMs(line.counts, rates);
    return [
      [
        what,
        show(flop / 1e9, 3),
        show(bytes / 1e6, 1),
        String(dispatches),
        String(submits),
        showMs(allowed),
        showMs(line.ms),
        `${show((100 * allowed) / line.ms, 0)} %`,
      ],
    ];
  });
  const head = ["`webgpu`", "GFLOP", "MB", "dispatches", "submits", "allowed, ms", "ms", "share"];
  return markdownTable([head, ...rows]);
}

function print({ found, lines, rates, sizes, isMissing }) {
  const { adapter, isSoftware, limits, features } = found;
  const clock = isSoftware ? "processor time, ms (SOFTWARE adapter, sizes cut)" : "ms";
  console.log(`\n### WebGPU beside the other backends, ${clock}\n`);
  const bounds = Object.entries(limits).map(([name, value]) => `${name} ${value}`);
  console.log(`Adapter: ${adapter}; ${bounds.join(", ")}; ${features.join(", ")}.\n`);
  console.log(timesTable(lines, sizes, isMissing));
  for (const { name, what, error } of lines.filter((line) => line.error))
    console.log(`\n\`${name}\`, ${what}, failed: ${error}`);
  console.log(
    `\nRates of \`webgpu\`: copies ${show(rates.bytes / 1e6)} GB/s, the best product ${show(rates.flop / 1e6, 1)} GFLOP/s. What they allow:\n`,
  );
  console.log(allowedTable(lines, rates, sizes));
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
  const missing = runners.missingPeers(peers.flatMap(({ packages }) => packages));
  const isMissing = (name) =>
    columns.find((column) => column.name === name).packages?.some((one) => missing.includes(one)) ??
    false;
  const hardware = found.isSoftware ? "software" : "hardware";
  const sizes = webgpuSizes[hardware];
  const rounds = found.isSoftware ? 1 : runners.rounds;
  const lines = merged(
    Array.from({ length: rounds }, () => round(runners, isMissing, hardware)).flat(),
  );
  const rates = bestRates(lines);
  print({ found, lines, rates, sizes, isMissing });
  const machine = { cpu: cpus()[0]?.model ?? "unknown", cores: threads, node: process.version };
  console.log(
    `\n${JSON.stringify({ bench: "webgpu", ...found, machine, ratesPerMs: rates, missing, lines })}`,
  );
}

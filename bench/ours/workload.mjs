// node workload.mjs <threads> <name> <seconds> [wasm|blas] [replay]: steps of one of the workloads below, which `deepgrain
// bench` shares, live or recorded once and replayed. One thread is timed by the processor's clock, which other programs
// disturb less; several by the wall's.
// Prints one line of JSON.

import { createBlasBackend, createWasmBackend, Generator, setBackend } from "@deepgrain/tensor-gpu";
import { cnn, conv, gcn, gpt, measureSteps, mlp, moe } from "../dist/workloads.js";
import { coraGraph } from "./cora-graph.mjs";

const workloads = {
  gpt: (generator) =>
    gpt({ layers: 4, d: 128, heads: 4, context: 128, batch: 16, vocabulary: 512 }, generator),
  "gpt-small": (generator) =>
    gpt({ layers: 2, d: 48, heads: 4, context: 64, batch: 16, vocabulary: 256 }, generator),
  "gpt-tiny": (generator) =>
    gpt({ layers: 2, d: 32, heads: 4, context: 32, batch: 4, vocabulary: 64 }, generator),
  moe: (generator) =>
    moe(
      { hiddenSize: 64, heads: 4, layers: 3, length: 64, batch: 32, innerSize: 192, experts: 8 },
      generator,
    ),
  conv: (generator) => conv({ batch: 32, inChannels: 32, outChannels: 64, size: 28 }, generator),
  cnn: (generator) => cnn({ batch: 32, channels: [1, 16, 32], size: 28, classes: 10 }, generator),
  mlp: (generator) => mlp({ widths: [8, 16, 16, 1], batch: 32 }, generator),
  gcn: (generator) => gcn(coraGraph().graph, { hidden: 64, isDense: true }, generator),
  "gcn-words": (generator) => gcn(coraGraph().graph, { hidden: 64, isDense: false }, generator),
};

const [threadsText, name, secondsText, backendName = "wasm", mode = "live"] = process.argv.slice(2);
const threads = Number(threadsText);
const makers = { wasm: createWasmBackend, blas: createBlasBackend };
const backend = setBackend(makers[backendName]({ threads }));
const workload = workloads[name](new Generator(1));
const processorClock = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const clock = threads === 1 ? processorClock : () => performance.now();
const seconds = Number(secondsText);
const times = await measureSteps(workload, { seconds, clock, isReplayed: mode === "replay" });
const shown = backendName === "wasm" ? "deepgrain" : `deepgrain-${backendName}`;
console.log(JSON.stringify({ name: shown, workload: name, mode, threads, ...times }));
await backend.dispose();

// node fisher.mjs <threads> <tokens> [rounds]: the diagonal Fisher information of an encoder (2 layers, d 128, 32 rows) with all
// rows in one pass, beside an ordinary backward pass per row, in milliseconds of processor time, interleaved. Prints one line of
// JSON.
import { createWasmBackend, setBackend } from "@deepgrain/tensor-gpu";
import { fisher } from "../dist/workloads.js";

const [threads, length, rounds = 5] = process.argv.slice(2).map(Number);
const backend = setBackend(createWasmBackend({ threads }));
const sizes = { layers: 2, hiddenSize: 128, rows: 32, length, vocabulary: 1000 };
const work = fisher(sizes);

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
async function timed(run) {
  const start = process.cpuUsage();
  const values = await run();
  const { user, system } = process.cpuUsage(start);
  return { ms: (user + system) / 1000, values };
}

const times = { batched: [], looped: [] };
let worst = 0;
for (let round = -2; round < rounds; round++) {
  const [batched, looped] = [await timed(work.batched), await timed(work.looped)];
  if (round < 0) continue; // young code runs slowly
  times.batched.push(batched.ms);
  times.looped.push(looped.ms);
  if (round > 0) continue;
  for (const [name, theirs] of looped.values) {
    const own = batched.values.get(name);
    const most = theirs.reduce((a, b) => Math.max(a, b), 0);
    for (let i = 0; i < theirs.length && most > 1e-14; i++)
      worst = Math.max(worst, Math.abs(theirs[i] - own[i]) / most);
  }
}
const [batchedMs, loopedMs] = [median(times.batched), median(times.looped)];
console.log(
  JSON.stringify({
    name: "deepgrain",
    workload: "fisher",
    threads,
    length,
    batchedMs,
    loopedMs,
    worst,
  }),
);
await backend.dispose();

// node decode-llama-cpp.mjs <file.gguf> <label> <seconds> [threads], in a folder with node-llama-cpp: milliseconds per token behind
// 16 tokens and for a prompt of 512, by the processor's clock on one thread, by the wall's on several; 20th percentile. Prints
// lines of JSON.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [file, model, seconds, threadCount = "1"] = process.argv.slice(2);
const count = Number(threadCount);
const entry = join(process.cwd(), "node_modules/node-llama-cpp/dist/index.js");
const { getLlama } = await import(pathToFileURL(entry).href);
const llama = await getLlama({
  gpu: false,
  build: "never",
  progressLogs: false,
  logLevel: "error",
});
const loaded = await llama.loadModel({ modelPath: file, gpuLayers: 0 });
const threads = { ideal: count, min: count };
const context = await loaded.createContext({ contextSize: 2048, batchSize: 512, threads });
const sequence = context.getSequence();

function milliseconds() {
  if (count > 1) return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const promptOf = (length) => Array.from({ length }, (_, i) => (i * 7919 + 11) % 32000);
const fifth = (times) => times.sort((a, b) => a - b)[Math.floor(times.length / 5)];
const tell = (what, value) =>
  console.log(JSON.stringify({ name: "llama.cpp", model, threads: count, what, ...value }));
const options = { temperature: 0, yieldEogToken: true };

async function tokenTime() {
  const times = [];
  let last = 0;
  const until = performance.now() + 1000 * Number(seconds);
  for await (const _ of sequence.evaluate(promptOf(16), options)) {
    const now = milliseconds();
    if (last > 0) times.push(now - last);
    last = now;
    if (times.length > 67 || (performance.now() > until && times.length > 12)) break;
  }
  return fifth(times.slice(4));
}

async function promptTime() {
  const times = [];
  for (
    const until = performance.now() + 1000 * Number(seconds);
    performance.now() < until || times.length < 3;
  ) {
    await sequence.clearHistory();
    const start = milliseconds();
    for await (const _ of sequence.evaluate(promptOf(512), options)) break;
    times.push(milliseconds() - start);
  }
  return fifth(times);
}

tell("token at 16", { ms: await tokenTime() });
tell("prompt of 512", { ms: await promptTime() });
tell("process, MB", { rate: process.resourceUsage().maxRSS / 1e3 });
process.exit(0);

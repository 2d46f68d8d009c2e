// node decode-llama-cpp.mjs <file.gguf> <label> <seconds>, in a folder with node-llama-cpp: milliseconds of processor time per
// token behind 16 tokens on one thread, 20th percentile. Prints a line of JSON.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [file, model, seconds] = process.argv.slice(2);
const entry = join(process.cwd(), "node_modules/node-llama-cpp/dist/index.js");
const { getLlama } = await import(pathToFileURL(entry).href);
const llama = await getLlama({
  gpu: false,
  build: "never",
  progressLogs: false,
  logLevel: "error",
});
const loaded = await llama.loadModel({ modelPath: file, gpuLayers: 0 });
const threads = { ideal: 1, min: 1 };
const context = await loaded.createContext({ contextSize: 2048, batchSize: 512, threads });
const milliseconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const prompt = Array.from({ length: 16 }, (_, i) => (i * 7919 + 11) % 32000);
const times = [];
let last = 0;
const until = performance.now() + 1000 * Number(seconds);
const sequence = context.getSequence();
for await (const _ of sequence.evaluate(prompt, { temperature: 0, yieldEogToken: true })) {
  const now = milliseconds();
  if (last > 0) times.push(now - last);
  last = now;
  if (times.length > 67 || (performance.now() > until && times.length > 12)) break;
}
const ms = times.slice(4).sort((a, b) => a - b)[Math.floor((times.length - 4) / 5)];
console.log(JSON.stringify({ name: "llama.cpp", model, threads: 1, what: "token at 16", ms }));
process.exit(0);

// node decode-file.mjs <file.gguf> <label> <threads> <seconds> [dtype]: a model from its file, as it is unless a type is given:
// MB of the file loaded per second of processor time, bytes that its weights take, milliseconds per token behind 16 tokens and for
// a prompt of 512, by the processor's clock on one thread, by the wall's on several; 20th percentile. Prints lines of JSON.
import { statSync } from "node:fs";
import { generate, loadModel } from "@deepgrain/lm";
import { createWasmBackend, memory, setBackend } from "@deepgrain/tensor-gpu";
import { clockOf, cpuMilliseconds, promptTime, tokenTime } from "./decode-times.mjs";

const [file, model, threadCount, seconds, dtype = "auto"] = process.argv.slice(2);
const threads = Number(threadCount);
const backend = setBackend(createWasmBackend({ threads }));
const timing = { generate, clock: clockOf(threads), seconds: Number(seconds) };
const tell = (what, value) =>
  console.log(JSON.stringify({ name: "deepgrain", model, threads, what, ...value }));

const begun = cpuMilliseconds();
const loaded = await loadModel(file, { dtype });
tell("MB of file loaded a second", {
  rate: statSync(file).size / 1e3 / (cpuMilliseconds() - begun),
});
tell("weights, MB", { rate: memory().bytes / 1e6 });
tell("token at 16", { ms: await tokenTime(timing, loaded, 16) });
tell("prompt of 512", { ms: await promptTime(timing, loaded, 512) });
tell("process, MB", { rate: process.resourceUsage().maxRSS / 1e3 });
await backend.dispose();

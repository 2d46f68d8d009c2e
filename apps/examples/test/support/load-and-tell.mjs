// node load-and-tell.mjs <file.gguf>: loads a model as its file has it, on one thread; the bytes of its weights and the largest
// resident memory of the process, as JSON.
import { loadModel } from "@deepgrain/lm";
import { createWasmBackend, memory, setBackend } from "@deepgrain/tensor-gpu";

setBackend(createWasmBackend({ threads: 1 }));
const model = await loadModel(process.argv[2], { dtype: "auto" });
const { bytes } = memory();
const resident = 1024 * process.resourceUsage().maxRSS;
console.log(JSON.stringify({ bytes, resident, parameters: model.parameterCount }));
process.exit(0);

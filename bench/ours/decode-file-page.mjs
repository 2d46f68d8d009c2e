// What file-chromium.mjs runs in a page: milliseconds per token of a GGUF file behind 16 tokens, by the wall's clock, on one thread.
import { generate, loadModel } from "@deepgrain/lm";
import { createWasmBackend, setBackend } from "@deepgrain/tensor-gpu";
import { tokenTime } from "./decode-times.mjs";

globalThis.tokenMs = async (address, seconds) => {
  const backend = setBackend(createWasmBackend({ threads: 1 }));
  try {
    const files = new Map([["model.gguf", await (await fetch(address)).blob()]]);
    const model = await loadModel(files, { dtype: "auto" });
    return await tokenTime({ generate, clock: () => performance.now(), seconds }, model, 16);
  } finally {
    await backend.dispose();
  }
};

// The backends that are compared.
import { createGpuBackend, createWasmBackend, createWebGpuBackend } from "@deepgrain/tensor-gpu";

async function openWasm(threads) {
  const backend = createWasmBackend({ threads });
  await backend.threadsReady();
  return backend;
}

/** Functions that open them, by the names that lines and columns call them. `gpu` is gpu.js in its mode webgpu. */
export const makersOf = ({ threads, allowSoftware }) => ({
  webgpu: () => createWebGpuBackend({ allowSoftware }),
  wasm: () => openWasm(threads),
  gpu: () => createGpuBackend({ mode: "webgpu" }),
});

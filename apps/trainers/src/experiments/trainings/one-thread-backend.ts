import { type Backend, createBlasBackend, createWasmBackend } from "@deepgrain/tensor-gpu";

/** A back end of its own with one thread; null for those that have no threads to limit. @param name such as `wasm` */
export function oneThreadBackend(name: string): Backend | null {
  if (name === "wasm") return createWasmBackend({ threads: 1 });
  return name === "blas" ? createBlasBackend({ threads: 1 }) : null;
}

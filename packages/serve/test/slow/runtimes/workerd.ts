import { createWasmBackend, setBackend } from "@deepgrain/tensor-gpu";
import module from "@deepgrain/tensor-gpu/kernels.wasm";
import { program } from "./program";

export const worker = {
  async fetch(): Promise<Response> {
    setBackend(createWasmBackend({ module }));
    return new Response(await program());
  },
};

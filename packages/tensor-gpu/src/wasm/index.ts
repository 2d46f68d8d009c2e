export { createWasmBackend, type WasmBackend } from "./backend";
export type { WasmOptions } from "./runtime";

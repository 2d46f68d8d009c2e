export { createWasmBackend } from "./backend";
export type { WasmOptions } from "./runtime";

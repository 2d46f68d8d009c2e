export { createWasmBackend, type WasmBackend } from "./backend";
export { measurePeak } from "./measure-peak";
export type { WasmOptions } from "./runtime";

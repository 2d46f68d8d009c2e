export { createWasmBackend, type WasmBackend } from "./backend";
export { measurePeak } from "./measure-peak";

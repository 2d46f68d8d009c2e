export { createWasmBackend, type WasmBackend } from "./backend";
export { measurePeak } from "./measure-peak";
export { type LaunchTimes, timeLaunches } from "./time-launches";

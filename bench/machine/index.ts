/** @file What `deepgrain bench` measures: the backends of this machine, their matrix products and training steps. */
export { type BackendName, backendNames } from "./backend-names";
export type { BenchResult, Column, ScalingRate } from "./bench-result";
export { benchSizes } from "./bench-sizes";
export { defaultThreads } from "./find-backends";
export { runBench } from "./run-bench";

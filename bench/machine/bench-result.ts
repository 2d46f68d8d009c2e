import type { BackendName } from "./backend-names";

/** A backend with a number of threads. */
export interface Column {
  backend: BackendName;
  threads: number;
}

/** Rate of one kind of matrix product: plain, B transposed or A transposed. */
export interface GemmRate extends Column {
  m: number;
  n: number;
  k: number;
  kind: "nn" | "nt" | "tn";
  gflops: number;
}

/** Rate of one model's training step. */
export interface StepRate extends Column {
  model: string;
  unit: string;
  unitsPerStep: number;
  medianMs: number;
  stepsPerSecond: number;
}

/** Time of some work with a number of threads, and where it goes. */
export interface ScalingRate extends Column {
  work: string;
  medianMs: number;
  /** Share of the time in which the calling thread wakes others or waits for them. */
  barrierShare: number;
  /** Share of the time outside kernels. */
  outsideShare: number;
}

/** The results of `deepgrain bench`, as in its JSON. */
export interface BenchResult {
  machine: { cpu: string; cores: number; node: string };
  backends: { name: BackendName; isAvailable: boolean; detail: string }[];
  /** Ceiling for 128-bit multiply-adds in WebAssembly; empty if WebAssembly was not requested. */
  peaks: { threads: number; gflops: number }[];
  gemm: GemmRate[];
  steps: StepRate[];
  /** Where several numbers of threads are compared: then nothing else is measured. */
  scaling: ScalingRate[];
}

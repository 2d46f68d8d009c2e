import * as flags from "./flags";

/** The flag of every command in which the engine computes. */
export const threadsFlag = {
  threads: flags.whole({
    min: 1,
    max: 64,
    help: "Threads that share large kernels; results on wasm do not depend on them. By default DEEPGRAIN_THREADS, else all processors up to 8",
  }),
};

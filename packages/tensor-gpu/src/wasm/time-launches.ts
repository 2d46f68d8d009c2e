import { assertFunction, fail } from "../errors";
import { launchClock } from "./launch-clock";

/** Where the time of some work went, in milliseconds. */
export interface LaunchTimes {
  /** Of the whole, kernels and the rest. */
  readonly totalMs: number;
  /** In kernels, barriers included. */
  readonly launchMs: number;
  /** In barriers: the calling thread wakes others, or waits for their last chunks. */
  readonly barrierMs: number;
  readonly launches: number;
}

/**
 * Runs some work, and measures the kernels that this thread launches meanwhile on `wasm` and `blas` backends. What is left of
 * the whole time is spent outside kernels.
 *
 * @throws {TensorError} `ERR_ARGUMENT` for what is no function, and while other work is measured; what `run` throws
 */
export async function timeLaunches(run: () => unknown): Promise<LaunchTimes> {
  assertFunction("timeLaunches", run);
  const { now } = launchClock;
  if (now() > 0) fail("ERR_ARGUMENT", "tensor-gpu/timeLaunches: other work is being measured");
  const clock = { now: () => performance.now(), launches: 0, launchMs: 0, barrierMs: 0 };
  Object.assign(launchClock, clock);
  const start = performance.now();
  try {
    await run();
    const { launches, launchMs, barrierMs } = launchClock;
    return { totalMs: performance.now() - start, launchMs, barrierMs, launches };
  } finally {
    launchClock.now = now;
  }
}

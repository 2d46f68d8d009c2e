import { fail } from "../errors";
import { canSleep } from "../host";
import { awaitIdle } from "./await-idle";
import { type Helper, type Loss, startHelper } from "./helpers";
import { launchClock } from "./launch-clock";
import { CONTROL, CONTROL_WORDS } from "./layout";
import type { WasmMemory, WasmModule } from "./web-assembly";

export type Kernel = (args: number, begin: number, end: number) => void;

export interface ThreadPool {
  /** Helpers that run or may still start. */
  readonly helpers: number;
  readonly hasStarted: boolean;
  /** Helpers that run; the first call starts them and does not wait. */
  ready(): number;
  /**
   * Runs the kernel on chunks that the caller and the helpers take one after another; returns when all are done.
   *
   * @throws {TensorError} `ERR_BACKEND` when a helper fails or is lost while it runs a chunk; after a loss there are no helpers
   */
  share(kernel: Kernel, index: number, args: number, items: number, chunk: number): void;
  dispose(): Promise<void>;
}

const SPIN_MS = 0.05;
/** How long the caller waits for a helper's last chunk before the helper counts as lost. */
const PATIENCE_MS = 10_000;

/** Does what the clock counts as a barrier: meanwhile the caller computes nothing. */
function inBarrier(run: () => void): void {
  const begun = launchClock.now();
  try {
    run();
  } finally {
    launchClock.barrierMs += launchClock.now() - begun;
  }
}

/**
 * Creates the pool; see `helper-source.ts` for the other side.
 *
 * @param modules the parts of the kernels, whose exports in order are the kernels by index
 * @param helperScratch the work area of each helper
 * @param controlAddress of control words that no earlier pool has used
 * @param patienceMs how long to wait for a helper's last chunk
 */
export function createThreadPool(
  modules: readonly WasmModule[],
  memory: WasmMemory,
  helperScratch: readonly number[],
  controlAddress: number,
  patienceMs = PATIENCE_MS,
): ThreadPool {
  const words = new Int32Array(memory.buffer, controlAddress, CONTROL_WORDS);
  const maySleep = canSleep();
  let started: Helper[] | undefined;
  let left = helperScratch.length;

  /** Ends the helpers. Those that sleep or spin stop by themselves; the others are terminated. */
  const dismiss = async () => {
    left = 0;
    Atomics.store(words, CONTROL.stop, 1);
    Atomics.add(words, CONTROL.epoch, 1);
    Atomics.notify(words, CONTROL.epoch);
    const helpers = started ?? [];
    started = [];
    await Promise.all(helpers.map((helper) => helper.terminate()));
  };
  const lose = (loss: Loss) => {
    if (left === 0) return;
    if (loss === "failed") left--;
    else void dismiss(); // the count of active helpers can no longer be trusted
  };
  const start = () => {
    const shared = {
      modules,
      memory,
      control: CONTROL,
      controlAddress,
      spinMs: SPIN_MS,
    };
    started = helperScratch.flatMap((scratch) => startHelper({ ...shared, scratch }, lose) ?? []);
  };
  /** Wakes as many sleepers as are missing for `helpers` of them to take part. */
  const wake = (helpers: number) => {
    const asleep = Atomics.load(words, CONTROL.sleepers);
    const missing = helpers - (Atomics.load(words, CONTROL.ready) - asleep);
    if (asleep > 0 && missing > 0) Atomics.notify(words, CONTROL.epoch, missing);
  };
  const open = (index: number, args: number, items: number, chunk: number) => {
    words[CONTROL.kernel] = index;
    words[CONTROL.arguments] = args;
    words[CONTROL.items] = items;
    words[CONTROL.chunk] = chunk;
    Atomics.store(words, CONTROL.next, 0);
    Atomics.store(words, CONTROL.open, 1);
    Atomics.add(words, CONTROL.epoch, 1);
    wake(Math.ceil(items / chunk) - 1);
  };
  const close = () => {
    Atomics.store(words, CONTROL.open, 0);
    if (awaitIdle(words, maySleep, patienceMs)) return;
    void dismiss();
    fail("ERR_BACKEND", "wasm: a helper thread was lost during a kernel");
  };
  return {
    get helpers() {
      return left;
    },
    get hasStarted() {
      return started !== undefined;
    },
    ready() {
      if (!started) start();
      return Math.min(Atomics.load(words, CONTROL.ready), left);
    },
    share(kernel, index, args, items, chunk) {
      let hasFailed = false;
      inBarrier(() => open(index, args, items, chunk));
      try {
        for (;;) {
          const begin = Atomics.add(words, CONTROL.next, chunk);
          if (begin >= items) break;
          kernel(args, begin, Math.min(items, begin + chunk));
        }
      } finally {
        inBarrier(close);
        hasFailed = Atomics.exchange(words, CONTROL.failed, 0) === 1;
      }
      if (hasFailed) fail("ERR_BACKEND", "wasm: a kernel failed on a helper thread");
    },
    dispose: dismiss,
  };
}

import { TensorError } from "../errors";
import { type Helper, startHelper } from "./helpers";
import { canSleep } from "./host";
import { ARGUMENTS_ADDRESS, CONTROL, CONTROL_ADDRESS } from "./layout";
import type { WasmMemory, WasmModule } from "./web-assembly";

export type Kernel = (args: number, begin: number, end: number) => void;

export interface ThreadPool {
  /** Helpers that are up or may still come up. */
  readonly helpers: number;
  /** Helpers that are up; the first call starts them and does not wait. */
  ready(): number;
  /** Runs the kernel on chunks that the caller and the helpers take in turn; returns when all are done. */
  share(kernel: Kernel, index: number, items: number, chunk: number): void;
  dispose(): Promise<void>;
}

const SPIN_MS = 0.05;
const PATIENCE_SPINS = 20_000;

/** Creates the pool; `helperScratch[i]` is the work area of helper i. See `helper-source.ts` for the other side. */
export function createThreadPool(
  module: WasmModule,
  memory: WasmMemory,
  helperScratch: readonly number[],
): ThreadPool {
  const words = new Int32Array(memory.buffer, CONTROL_ADDRESS, 256);
  const maySleep = canSleep();
  let helpers: Helper[] | undefined;
  let lost = 0;

  const start = () => {
    const shared = {
      module,
      memory,
      control: CONTROL,
      controlAddress: CONTROL_ADDRESS,
      argumentsAddress: ARGUMENTS_ADDRESS,
      spinMs: SPIN_MS,
    };
    const onFailure = () => lost++;
    helpers = helperScratch.flatMap(
      (scratch) => startHelper({ ...shared, scratch }, onFailure) ?? [],
    );
  };
  const open = (index: number, items: number, chunk: number) => {
    words[CONTROL.kernel] = index;
    words[CONTROL.items] = items;
    words[CONTROL.chunk] = chunk;
    Atomics.store(words, CONTROL.next, 0);
    Atomics.store(words, CONTROL.open, 1);
    Atomics.add(words, CONTROL.epoch, 1);
    if (Atomics.load(words, CONTROL.sleepers) > 0) Atomics.notify(words, CONTROL.epoch);
  };
  const close = () => {
    Atomics.store(words, CONTROL.open, 0);
    for (let spins = 1; ; spins++) {
      const active = Atomics.load(words, CONTROL.active);
      if (active === 0) return;
      if (!maySleep || spins < PATIENCE_SPINS) continue;
      Atomics.store(words, CONTROL.waiting, 1);
      Atomics.wait(words, CONTROL.active, active, 1);
      Atomics.store(words, CONTROL.waiting, 0);
    }
  };
  return {
    get helpers() {
      return helperScratch.length - lost;
    },
    ready() {
      if (!helpers) start();
      return Atomics.load(words, CONTROL.ready);
    },
    share(kernel, index, items, chunk) {
      open(index, items, chunk);
      try {
        for (;;) {
          const begin = Atomics.add(words, CONTROL.next, chunk);
          if (begin >= items) break;
          kernel(ARGUMENTS_ADDRESS, begin, Math.min(items, begin + chunk));
        }
      } finally {
        close();
      }
      if (Atomics.exchange(words, CONTROL.failed, 0)) {
        throw new TensorError("ERR_BACKEND", "wasm: a kernel failed on a helper thread");
      }
    },
    async dispose() {
      Atomics.store(words, CONTROL.stop, 1);
      Atomics.add(words, CONTROL.epoch, 1);
      Atomics.notify(words, CONTROL.epoch);
      const started = helpers ?? [];
      helpers = [];
      lost = helperScratch.length;
      await Promise.all(started.map((helper) => helper.terminate()));
    },
  };
}

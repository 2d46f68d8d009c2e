import type { View } from "../backend/view";
import { TensorError } from "../errors";
import type { Launcher } from "./launcher";
import { ARGUMENT_SLOTS, ARGUMENTS_ADDRESS } from "./layout";
import type { LinearMemory } from "./memory";
import type { Recorder } from "./recorder";
import type { Kernel, ThreadPool } from "./thread-pool";

export interface KernelEntry {
  readonly name: string;
  readonly call: Kernel;
  readonly index: number;
}

/** Starts kernels; small launches never leave the calling thread. */
function createStarter(pool: ThreadPool | undefined) {
  return ({ name, call, index }: KernelEntry, args: number, items: number, grain: number) => {
    const helpers = pool && items > grain ? pool.ready() : 0;
    const chunk = Math.max(1, grain, Math.ceil(items / (8 * (helpers + 1))));
    try {
      if (!pool || helpers === 0 || chunk >= items) call(args, 0, items);
      else pool.share(call, index, args, items, chunk);
    } catch (cause) {
      if (TensorError.isInstance(cause)) throw cause;
      throw new TensorError("ERR_BACKEND", `wasm: kernel ${name} failed`, { name }, cause);
    }
  };
}

function createSlots(linear: LinearMemory) {
  const make = () => {
    const { buffer } = linear.memory;
    return {
      ints: new Int32Array(buffer, ARGUMENTS_ADDRESS, ARGUMENT_SLOTS),
      floats: new Float32Array(buffer, ARGUMENTS_ADDRESS, ARGUMENT_SLOTS),
    };
  };
  let views = make();
  return () => {
    if (views.ints.length === 0) views = make(); // an unshared memory detaches its old buffer as it grows
    return views;
  };
}

function otherAnswer(kernel: string, word: number): TensorError {
  return new TensorError(
    "ERR_RANGE",
    `tensor-gpu/replay: the data lead elsewhere than when the step was recorded (kernel ${kernel} answers ${word}): an index is out of range, ignored targets come or go, or values are NaN or infinite`,
    { kernel, word },
  );
}

/** Cuts launches into chunks, and notes them while a recording is open. */
export function createLauncher(
  linear: LinearMemory,
  recorder: Recorder,
  kernels: ReadonlyMap<string, KernelEntry>,
  threads: number,
  pool: ThreadPool | undefined,
): Launcher {
  const { heap } = recorder;
  const slots = createSlots(linear);
  const start = createStarter(pool);
  const address = (view: View | null) => (view ? view.storage.handle + view.offset * 4 : 0);
  const kernelNamed = (name: string) => {
    const kernel = kernels.get(name);
    if (!kernel) throw new TensorError("ERR_BACKEND", `wasm: no kernel ${name}`, { name });
    return kernel;
  };
  return {
    threads,
    get ints() {
      return slots().ints;
    },
    get floats() {
      return slots().floats;
    },
    get memoryInts() {
      return linear.ints;
    },
    address,
    run(name, items, grain, { isReplayable = true } = {}) {
      if (items <= 0) return;
      const kernel = kernelNamed(name);
      if (recorder.isOpen && !isReplayable) recorder.refuse(`kernel ${name}`);
      if (recorder.isOpen) recorder.add((args) => start(kernel, args, items, grain), true);
      start(kernel, ARGUMENTS_ADDRESS, items, grain);
    },
    ask(name, items, grain, answer, kind = (word) => word) {
      const kernel = kernelNamed(name);
      const slot = answer - ARGUMENTS_ADDRESS;
      const isSlot = slot >= 0 && slot < 4 * ARGUMENT_SLOTS;
      const ask = (args: number) => {
        const at = (isSlot ? args + slot : answer) >>> 2;
        linear.ints[at] = 0;
        if (items > 0) start(kernel, args, items, grain);
        return linear.ints[at]!;
      };
      const word = ask(ARGUMENTS_ADDRESS);
      if (recorder.isOpen) {
        const expected = kind(word);
        recorder.add((args) => {
          const now = ask(args);
          if (kind(now) !== expected) throw otherAnswer(name, now);
        }, true);
      }
      return word;
    },
    integers(view) {
      recorder.refuse("what goes by numbers that a kernel made (groups of rows)");
      const first = address(view) >>> 2;
      return linear.ints.subarray(first, first + view.size);
    },
    call(run) {
      if (recorder.isOpen) recorder.add(run);
      run();
    },
    borrow(byteLength, use) {
      const block = heap.allocate(byteLength);
      try {
        return use(block);
      } finally {
        heap.free(block, byteLength);
      }
    },
  };
}

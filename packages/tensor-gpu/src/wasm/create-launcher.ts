import { TensorError } from "../errors";
import { addressOf, writeFields } from "./arguments";
import { RECORD_LAYOUTS } from "./generated/kernels";
import { timed } from "./launch-clock";
import type { Launcher, ProductChoices } from "./launcher";
import { ARGUMENTS_ADDRESS } from "./layout";
import type { LinearMemory } from "./memory";
import type { Part } from "./part";
import type { KernelEntry, Programs } from "./programs";
import type { Recorder } from "./recorder";
import type { ThreadPool } from "./thread-pool";

/** The part of the runtime that kernel launches need. */
interface Machine {
  readonly programs: Programs;
  readonly choices: ProductChoices;
  readonly threads: number;
  /** The helpers, where there are any; others after a part was added. */
  readonly pool: ThreadPool | undefined;
  need(part: Part): void;
}

/** Starts kernels; small launches never leave the calling thread. */
function createStarter(machine: Machine) {
  return ({ name, call, index }: KernelEntry, args: number, items: number, grain: number) => {
    const { pool } = machine;
    const helpers = pool && items > grain ? pool.ready() : 0;
    const chunk = Math.max(1, grain, Math.ceil(items / (8 * (helpers + 1))));
    try {
      timed(() => {
        if (!pool || helpers === 0 || chunk >= items) call(args, 0, items);
        else pool.share(call, index, args, items, chunk);
      });
    } catch (cause) {
      if (TensorError.isInstance(cause)) throw cause;
      throw new TensorError("ERR_BACKEND", `wasm: kernel ${name} failed`, {
        fields: { name },
        cause,
      });
    }
  };
}

function otherAnswer(kernel: string, word: number): TensorError {
  return new TensorError(
    "ERR_RANGE",
    `tensor-gpu/replay: the data lead elsewhere than when the step was recorded (kernel ${kernel} answers ${word}): an index is out of range, ignored targets come or go, or values are NaN or infinite`,
    { fields: { kernel, word } },
  );
}

/** Splits launches into chunks, and records them while a recording is open. */
export function createLauncher(
  linear: LinearMemory,
  recorder: Recorder,
  machine: Machine,
): Launcher {
  const { heap } = recorder;
  const { programs, threads, choices } = machine;
  const start = createStarter(machine);
  const borrow = <T>(byteLength: number, use: (block: number) => T): T => {
    const block = heap.allocate(byteLength);
    try {
      return use(block);
    } finally {
      heap.free(block, byteLength);
    }
  };
  return {
    threads,
    choices,
    need: machine.need,
    get memoryInts() {
      return linear.ints;
    },
    address: addressOf,
    run(name, args, items, grain, { isReplayable = true } = {}) {
      if (items <= 0) return;
      const kernel = programs.kernel(name);
      if (recorder.isOpen && !isReplayable) recorder.refuse(`kernel ${name}`);
      writeFields(linear, ARGUMENTS_ADDRESS >>> 2, kernel.layout, args);
      if (recorder.isOpen) recorder.add((at) => start(kernel, at, items, grain), true);
      start(kernel, ARGUMENTS_ADDRESS, items, grain);
    },
    ask(name, args, items, grain, kind = (word) => word) {
      const kernel = programs.kernel(name);
      const first = ARGUMENTS_ADDRESS >>> 2;
      const answer = writeFields(linear, first, kernel.layout, args) - 1 - first;
      const ask = (at: number) => {
        const word = (at >>> 2) + answer;
        linear.ints[word] = 0;
        if (items > 0) start(kernel, at, items, grain);
        return linear.ints[word]!;
      };
      const word = ask(ARGUMENTS_ADDRESS);
      if (recorder.isOpen) {
        const expected = kind(word);
        recorder.add((at) => {
          const now = ask(at);
          if (kind(now) !== expected) throw otherAnswer(name, now);
        }, true);
      }
      return word;
    },
    integers(view) {
      recorder.refuse("what goes by numbers that a kernel made (groups of rows)");
      const first = addressOf(view) >>> 2;
      return linear.ints.subarray(first, first + view.size);
    },
    call(run) {
      const launch = () => timed(run);
      if (recorder.isOpen) recorder.add(launch);
      launch();
    },
    borrow,
    withTable(record, lines, use) {
      const layout = RECORD_LAYOUTS[record];
      return borrow(4 * layout.length * lines.length, (table) => {
        let at = table >>> 2;
        for (const line of lines) at = writeFields(linear, at, layout, line);
        use(table);
      });
    },
  };
}

/** @file A recording: the actions of a function in order, and all memory that they may use. */
import type { Replay } from "../backend/backend";
import { fail, TensorError } from "../errors";
import { createHoldingHeap, type Holding } from "./holding-heap";
import { ARGUMENT_SLOTS, ARGUMENTS_ADDRESS } from "./layout";
import type { Heap } from "./linear-heap";
import type { LinearMemory } from "./memory";

/** An action that replays repeat. @param args address of the recorded argument slots, where they were kept */
type Deed = (args: number) => void;

interface Action {
  readonly deed: Deed;
  readonly slots: Int32Array | null;
  args: number;
}

/** Records the actions on a runtime, for replays on the same memory. */
export interface Recorder {
  /** A block that a recording may use is freed only when the recording is disposed, and is not reused before. */
  readonly heap: Heap;
  readonly isOpen: boolean;
  /** Whether a block was allocated in the open recording. */
  isOwn(address: number): boolean;
  /**
   * While a recording is open: adds an action to its replays. @param keepsSlots whether to keep a copy of the argument
   * slots
   */
  add(deed: Deed, keepsSlots?: boolean): void;
  /** @throws {TensorError} `ERR_BACKEND` while a recording is open */
  refuse(what: string): void;
  /** Records the actions of `run`. */
  record(run: () => void): Replay;
}

/** The memory in which kept argument slots are placed. */
type Numbers = Pick<LinearMemory, "ints">;

const SLOT_BYTES = 4 * ARGUMENT_SLOTS;

/** Gives every launch its own argument slots, so that replays do not write any. */
function placeSlots(linear: Numbers, heap: Heap, actions: readonly Action[]): void {
  const launches = actions.filter(({ slots }) => slots);
  const block = heap.allocate(launches.length * SLOT_BYTES);
  launches.forEach((launch, i) => {
    launch.args = block + i * SLOT_BYTES;
    linear.ints.set(launch.slots!, launch.args >>> 2);
  });
  heap.free(block, launches.length * SLOT_BYTES); // which leaves it to the recording
}

export function createRecorder(linear: Numbers, inner: Heap): Recorder {
  const heap = createHoldingHeap(inner);
  let open: { actions: Action[]; holding: Holding } | undefined;

  const refuse = (what: string) => {
    if (!open) return;
    throw new TensorError("ERR_BACKEND", `tensor-gpu/recordStep: ${what} cannot be replayed`, {
      fields: {
        what,
      },
    });
  };
  const replayOf = (actions: readonly Action[], holding: Holding): Replay => {
    let isDisposed = false;
    return {
      bytes: holding.bytes,
      replay() {
        if (isDisposed) fail("ERR_DISPOSED", "tensor-gpu/replay: the recording was disposed");
        refuse("a replay inside a recording");
        for (const { deed, args } of actions) deed(args);
      },
      dispose() {
        isDisposed = true;
        holding.release();
      },
    };
  };
  return {
    heap,
    refuse,
    get isOpen() {
      return open !== undefined;
    },
    isOwn: (address) => open?.holding.isOwn(address) ?? false,
    add(deed, keepsSlots = false) {
      const first = ARGUMENTS_ADDRESS >>> 2;
      const slots = keepsSlots ? linear.ints.slice(first, first + ARGUMENT_SLOTS) : null;
      open?.actions.push({ deed, slots, args: 0 });
    },
    record(run) {
      refuse("a recording inside a recording");
      const actions: Action[] = [];
      const holding = heap.hold();
      open = { actions, holding };
      let isWhole = false;
      try {
        run();
        placeSlots(linear, heap, actions);
        isWhole = true;
      } finally {
        open = undefined;
        holding.close();
        if (!isWhole) holding.release();
      }
      return replayOf(actions, holding);
    },
  };
}

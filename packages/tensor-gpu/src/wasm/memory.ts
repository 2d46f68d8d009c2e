import { TensorError } from "../errors";
import { MAXIMUM_PAGES, PAGE_BYTES } from "./layout";
import { type WasmMemory, webAssembly } from "./web-assembly";

/** The linear memory with views of all of it, which are replaced whenever it grows. */
export interface LinearMemory {
  readonly memory: WasmMemory;
  readonly maximumBytes: number;
  readonly byteLength: number;
  readonly floats: Float32Array;
  readonly ints: Int32Array;
  /** Grows to at least `byteLength`; false when the maximum or the machine does not allow it. */
  grow(byteLength: number): boolean;
}

const GROW_STEP_BYTES = 64 * 2 ** 20;

/** Reserves address space. If 4 GiB is refused, it tries half of that, and so on. */
function reserve(initialPages: number, maximumPages: number, shared: boolean): WasmMemory {
  for (let maximum = maximumPages; ; maximum = Math.floor(maximum / 2)) {
    try {
      return new webAssembly!.Memory({ initial: initialPages, maximum, shared });
    } catch (cause) {
      if (maximum / 2 >= initialPages) continue;
      const fields = { initialBytes: initialPages * PAGE_BYTES };
      throw new TensorError("ERR_MEMORY", "wasm: cannot reserve memory", { fields, cause });
    }
  }
}

/**
 * @param options.initialBytes reserved and usable at once
 * @param options.maximumBytes hard limit, at most 4 GiB less one page
 */
export function createLinearMemory(options: {
  initialBytes: number;
  maximumBytes: number;
  shared: boolean;
}): LinearMemory {
  const initialPages = Math.ceil(options.initialBytes / PAGE_BYTES);
  const wanted = Math.min(MAXIMUM_PAGES, Math.floor(options.maximumBytes / PAGE_BYTES));
  const memory = reserve(initialPages, Math.max(initialPages, wanted), options.shared);
  let byteLength = 0;
  let floats = new Float32Array(0);
  let ints = new Int32Array(0);
  const refresh = () => {
    byteLength = memory.buffer.byteLength;
    floats = new Float32Array(memory.buffer);
    ints = new Int32Array(memory.buffer);
  };
  refresh();
  const maximumBytes = Math.max(initialPages, wanted) * PAGE_BYTES;

  const grow = (target: number): boolean => {
    if (target > maximumBytes) return false;
    const generous = Math.min(maximumBytes, Math.max(target, byteLength + GROW_STEP_BYTES));
    for (const goal of [generous, target]) {
      try {
        memory.grow(Math.ceil((goal - byteLength) / PAGE_BYTES));
        refresh();
        return true;
      } catch {
        // the machine is short of memory: try the smaller step
      }
    }
    return false;
  };
  return {
    memory,
    maximumBytes,
    grow,
    get byteLength() {
      return byteLength;
    },
    get floats() {
      return floats;
    },
    get ints() {
      return ints;
    },
  };
}

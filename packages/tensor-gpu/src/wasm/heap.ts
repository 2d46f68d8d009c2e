import { TensorError } from "../errors";
import type { LinearMemory } from "./memory";

/** Blocks of linear memory, 64-byte aligned. */
export interface Heap {
  /** @throws {TensorError} `ERR_MEMORY` when the limit is reached */
  allocate(byteLength: number): number;
  /** `byteLength` must be what the block was allocated with. */
  free(address: number, byteLength: number): void;
  /** Bytes in blocks that are in use, rounding included. */
  readonly liveBytes: number;
  /** Bytes of linear memory that have ever been used. */
  readonly reservedBytes: number;
}

const ALIGNMENT = 64;

/** The size that a block really gets: multiples of 64 up to 1 KiB, then eight steps to each doubling. */
export function sizeClass(byteLength: number): number {
  if (byteLength <= 1024) return Math.max(ALIGNMENT, (byteLength + 63) & ~63);
  const step = 2 ** (28 - Math.clz32(byteLength - 1)); // an eighth of the power of two below
  return Math.ceil(byteLength / step) * step;
}

interface Block {
  address: number;
  size: number;
}

/** Joins neighbouring blocks. */
function coalesce(blocks: Block[]): Block[] {
  blocks.sort((a, b) => a.address - b.address);
  const joined: Block[] = [];
  for (const block of blocks) {
    const last = joined.at(-1);
    if (last && last.address + last.size === block.address) last.size += block.size;
    else joined.push(block);
  }
  return joined;
}

/**
 * A heap from `base` to the end of the memory. Freed blocks wait in a list of their size class, which makes the
 * steady state of a training loop a push and a pop. Only when the used part would have to grow are all free blocks
 * joined and cut anew (best fit), so changing shapes do not leave the memory in splinters.
 */
export function createHeap(linear: LinearMemory, base: number): Heap {
  const lists = new Map<number, number[]>();
  let spare: Block[] = []; // joined blocks of any size, smallest first
  let top = base;
  let liveBytes = 0;
  let freeBytes = 0;
  let freedSinceJoin = 0;

  const fromSpare = (size: number): number => {
    const at = spare.findIndex((block) => block.size >= size);
    const block = spare[at];
    if (!block) return 0;
    spare.splice(at, 1);
    const rest = { address: block.address + size, size: block.size - size };
    if (rest.size > 0) {
      const place = spare.findIndex((other) => other.size >= rest.size);
      spare.splice(place < 0 ? spare.length : place, 0, rest);
    }
    return block.address;
  };
  const join = () => {
    const blocks = [...spare];
    for (const [size, addresses] of lists) {
      for (const address of addresses) blocks.push({ address, size });
    }
    lists.clear();
    spare = coalesce(blocks);
    const last = spare.at(-1);
    if (last && last.address + last.size === top) {
      top = last.address;
      freeBytes -= last.size;
      spare.pop();
    }
    spare.sort((a, b) => a.size - b.size);
    freedSinceJoin = 0;
  };
  const fromTop = (size: number, mayGrow: boolean): number => {
    if (top + size > linear.byteLength && !(mayGrow && linear.grow(top + size))) return 0;
    top += size;
    return top - size;
  };
  const reuse = (size: number): number => {
    const address = lists.get(size)?.pop() ?? fromSpare(size);
    if (address) freeBytes -= size;
    return address;
  };
  const allocate = (byteLength: number): number => {
    const size = sizeClass(byteLength);
    let address = reuse(size) || fromTop(size, false);
    if (!address && freedSinceJoin >= size) {
      join();
      address = reuse(size) || fromTop(size, false);
    }
    address ||= fromTop(size, true);
    if (!address) {
      const fields = { byteLength, liveBytes, freeBytes, maximumBytes: linear.maximumBytes };
      const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
      throw new TensorError(
        "ERR_MEMORY",
        `wasm: cannot allocate ${mib(byteLength)}: ${mib(liveBytes)} live, ${mib(freeBytes)} free in pieces, ` +
          `limit ${mib(linear.maximumBytes)}`,
        fields,
      );
    }
    liveBytes += size;
    return address;
  };
  const free = (address: number, byteLength: number): void => {
    const size = sizeClass(byteLength);
    const list = lists.get(size);
    if (list) list.push(address);
    else lists.set(size, [address]);
    liveBytes -= size;
    freeBytes += size;
    freedSinceJoin += size;
  };
  return {
    allocate,
    free,
    get liveBytes() {
      return liveBytes;
    },
    get reservedBytes() {
      return top;
    },
  };
}

import { outOfMemory } from "../backend/out-of-memory";
import { assertByteLength } from "../tensor/sizes";
import { createFreeBlocks, joinBlocks } from "./free-blocks";
import type { LinearMemory } from "./memory";

/** Blocks of linear memory, 64-byte aligned. */
export interface Heap {
  /**
   * @throws {TensorError} `ERR_MEMORY` when the limit is reached, `ERR_RANGE` for a size that is not an integer; the
   * heap is unchanged
   */
  allocate(byteLength: number): number;
  /** `byteLength` must be the size with which the block was allocated. */
  free(address: number, byteLength: number): void;
  /** Bytes in blocks that are in use, rounding included. */
  readonly liveBytes: number;
  /** End of the part of the memory that is or was in use. */
  readonly topBytes: number;
}

const ALIGNMENT = 64;

/** The actual size of a block: multiples of 64 up to 1 KiB, then eight steps per doubling. */
export function sizeClass(byteLength: number): number {
  if (byteLength <= 1024) return Math.max(ALIGNMENT, (byteLength + 63) & ~63);
  const step = 2 ** (28 - Math.clz32(byteLength - 1)); // an eighth of the power of two below
  return Math.ceil(byteLength / step) * step;
}

const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

/**
 * A heap from `base` to the end of the memory. Freed blocks are kept in a list per size class, so that in the steady
 * state of a training loop an allocation is a pop and a release is a push. Only when the used part would have to grow
 * are all free blocks merged and split again (best fit), so that changing shapes do not fragment the memory.
 */
export function createHeap(linear: LinearMemory, base: number): Heap {
  const lists = new Map<number, number[]>();
  const joined = createFreeBlocks();
  let top = base;
  let liveBytes = 0;
  let freeBytes = 0;
  let freedSinceJoin = 0;

  const join = () => {
    const blocks = joined.drain();
    for (const [size, addresses] of lists) {
      for (const address of addresses) blocks.push({ address, size });
    }
    lists.clear();
    const fewer = joinBlocks(blocks);
    const last = fewer.at(-1);
    if (last && last.address + last.size === top) {
      top = last.address;
      freeBytes -= last.size;
      fewer.pop();
    }
    joined.fill(fewer);
    freedSinceJoin = 0;
  };
  const fromFree = (size: number): number => {
    const address = lists.get(size)?.pop() ?? joined.take(size);
    if (address) freeBytes -= size;
    return address;
  };
  const fromTop = (size: number, mayGrow: boolean): number => {
    if (top + size > linear.byteLength && !(mayGrow && linear.grow(top + size))) return 0;
    top += size;
    return top - size;
  };
  return {
    allocate(byteLength) {
      assertByteLength("wasm", byteLength);
      const size = sizeClass(byteLength);
      let address = fromFree(size) || fromTop(size, false);
      if (!address && freedSinceJoin > 0) {
        join();
        address = fromFree(size) || fromTop(size, false);
      }
      address ||= fromTop(size, true);
      if (!address) {
        const { maximumBytes } = linear;
        const details = `${mib(liveBytes)} live, ${mib(freeBytes)} free in pieces, limit ${mib(maximumBytes)}`;
        throw outOfMemory("wasm", byteLength, details, { liveBytes, freeBytes, maximumBytes });
      }
      liveBytes += size;
      return address;
    },
    free(address, byteLength) {
      const size = sizeClass(byteLength);
      const list = lists.get(size);
      if (list) list.push(address);
      else lists.set(size, [address]);
      liveBytes -= size;
      freeBytes += size;
      freedSinceJoin += size;
    },
    get liveBytes() {
      return liveBytes;
    },
    get topBytes() {
      return top;
    },
  };
}

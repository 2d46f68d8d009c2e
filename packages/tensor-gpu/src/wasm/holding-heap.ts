import type { Heap } from "./linear-heap";

/** A claim on all blocks that were in use at any time between its start and `close()`. */
export interface Holding {
  /** Bytes allocated between its start and `close()`. */
  readonly bytes: number;
  /** Whether a block was allocated since the claim began. To be called before `close()`. */
  isOwn(address: number): boolean;
  close(): void;
  /** Frees the blocks that are no longer used; the rest is freed by its users. */
  release(): void;
}

export interface HoldingHeap extends Heap {
  /** From now on, freed blocks are not reused before the claim is released. One claim is open at a time. */
  hold(): Holding;
}

interface Claim {
  /** Blocks that were allocated between its start and `close()`. */
  readonly own: Set<number>;
  /** Blocks that it does not cover: free at its start, or allocated after it was closed. */
  readonly foreign: Set<number>;
  /** Blocks that were freed since its start. */
  readonly freed: [address: number, byteLength: number][];
}

/** A heap that can prevent freed blocks from being reused. */
export function createHoldingHeap(inner: Heap): HoldingHeap {
  const claims: Claim[] = [];
  let open: Claim | undefined;
  const free = (address: number, byteLength: number) => {
    const claim = claims.find((one) => one === open || !one.foreign.has(address));
    if (claim) {
      claim.freed.push([address, byteLength]);
      return;
    }
    for (const { foreign } of claims) foreign.delete(address);
    inner.free(address, byteLength);
  };
  return {
    allocate(byteLength) {
      const address = inner.allocate(byteLength);
      for (const claim of claims) (claim === open ? claim.own : claim.foreign).add(address);
      return address;
    },
    free,
    get liveBytes() {
      return inner.liveBytes;
    },
    get topBytes() {
      return inner.topBytes;
    },
    hold() {
      const foreign = new Set(claims.flatMap(({ freed }) => freed.map(([address]) => address)));
      const claim: Claim = { own: new Set(), foreign, freed: [] };
      const before = inner.liveBytes;
      let bytes = 0;
      claims.push(claim);
      open = claim;
      return {
        get bytes() {
          return bytes;
        },
        isOwn: (address) => claim.own.has(address),
        close() {
          bytes = inner.liveBytes - before; // No block is reused while the claim is open.
          claim.own.clear();
          open = undefined;
        },
        release() {
          const at = claims.indexOf(claim);
          if (at < 0) return;
          claims.splice(at, 1);
          for (const [address, byteLength] of claim.freed.splice(0)) free(address, byteLength);
        },
      };
    },
  };
}

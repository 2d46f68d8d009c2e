/** A free piece of memory, in bytes. */
export interface Block {
  address: number;
  size: number;
}

/** Free pieces of any size, from which the smallest that fits is cut. */
export interface FreeBlocks {
  /** Takes `size` bytes from a free piece and returns their address, or 0 when none is large enough. */
  take(size: number): number;
  /** Removes and returns all pieces. */
  drain(): Block[];
  /** Adds pieces, in any order. */
  fill(blocks: Block[]): void;
}

export function createFreeBlocks(): FreeBlocks {
  let blocks: Block[] = []; // smallest first
  return {
    take(size) {
      const at = blocks.findIndex((block) => block.size >= size);
      const block = blocks[at];
      if (!block) return 0;
      blocks.splice(at, 1);
      const rest = { address: block.address + size, size: block.size - size };
      if (rest.size > 0) {
        const place = blocks.findIndex((other) => other.size >= rest.size);
        blocks.splice(place < 0 ? blocks.length : place, 0, rest);
      }
      return block.address;
    },
    drain() {
      const all = blocks;
      blocks = [];
      return all;
    },
    fill(more) {
      blocks = more.sort((a, b) => a.size - b.size);
    },
  };
}

/** Merges adjacent pieces; the result is ordered by address. */
export function joinBlocks(blocks: Block[]): Block[] {
  blocks.sort((a, b) => a.address - b.address);
  const joined: Block[] = [];
  for (const block of blocks) {
    const last = joined.at(-1);
    if (last && last.address + last.size === block.address) last.size += block.size;
    else joined.push(block);
  }
  return joined;
}

import { type Cell, cellSize } from "./cell";
import type { DeviceArray } from "./gpu-js";
import { noRoom } from "./no-room";
import { bytesOf, type TexturePool } from "./texture-pool";

/** Cells with reference counts: arrays are taken from the pool and returned to it with the last reference. */
export interface Cells {
  /** A cell for `length` elements, whose numbers are not yet set. @throws {TensorError} `ERR_MEMORY` beyond the limit */
  create(length: number): Cell;
  /** Sets the numbers that were computed for a cell. */
  arrive(cell: Cell, array: DeviceArray): void;
  retain(cell: Cell): Cell;
  release(cell: Cell): void;
  /** From now on nothing is returned to the pool: what is left is destroyed with the device. */
  close(): void;
}

/**
 * @param components elements per texel
 * @param limit bytes of arrays in use beyond which no cell is created
 */
export function createCells(pool: TexturePool, components: number, limit: number): Cells {
  let isClosed = false;
  return {
    create(length) {
      const [width, height] = cellSize(Math.ceil(length / components));
      const bytes = bytesOf(width, height, components);
      if (pool.usage.bytes + bytes > limit)
        throw noRoom(pool, bytes, `the limit is ${limit} bytes`, { limit });
      return { width, height, array: undefined, references: 1 };
    },
    arrive(cell, array) {
      cell.array = array;
      pool.count(cell.width, cell.height);
      if (cell.references === 0) pool.give(array, cell.width, cell.height);
    },
    retain(cell) {
      cell.references++;
      return cell;
    },
    release(cell) {
      if (--cell.references > 0 || cell.array === undefined || isClosed) return;
      pool.give(cell.array, cell.width, cell.height);
    },
    close() {
      isClosed = true;
    },
  };
}

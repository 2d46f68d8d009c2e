/** @file Sums of squares of many arrays, in fixed blocks of 4096 elements. */
import { place } from "./arguments";
import { rowSquares } from "./row-sums";

/** A line of the table; a last one has the number of all blocks as its first block. */
@unmanaged class ArrayRecord {
  block: i32; // its first block
  address: usize;
  size: i32;
}

const LINE: usize = offsetof<ArrayRecord>();
const BLOCK: i32 = 4096;

@unmanaged class SquaredNorms {
  table: usize; // of ArrayRecords
  partial: usize; // the sum of each block
  out: usize;
}

@inline function recordAt(table: usize, i: i32): ArrayRecord {
  return changetype<ArrayRecord>(table + <usize>i * LINE);
}

/** Items are blocks. */
export function squaredNormBlocks(args: SquaredNorms, begin: i32, end: i32): void {
  let line = 0;
  for (let block = begin; block < end; block++) {
    while (recordAt(args.table, line + 1).block <= block) line++;
    const record = recordAt(args.table, line), first = (block - record.block) * BLOCK;
    const count = min(BLOCK, record.size - first);
    store<f32>(place(args.partial, block), rowSquares(place(record.address, first), count, 0));
  }
}

/** Items are arrays. */
export function squaredNorms(args: SquaredNorms, begin: i32, end: i32): void {
  for (let i = begin; i < end; i++) {
    const last = recordAt(args.table, i + 1).block;
    let sum: f64 = 0;
    for (let block = recordAt(args.table, i).block; block < last; block++) sum += load<f32>(place(args.partial, block));
    store<f32>(place(args.out, i), <f32>sum);
  }
}

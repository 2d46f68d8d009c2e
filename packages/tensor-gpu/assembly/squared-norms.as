/**
 * @file Sums of squares of many arrays in fixed blocks of 4096. Slot 0 holds a table with a line of three words for
 * each array: its first block, address and size; a last line holds the number of all blocks. Slot 1 holds the number
 * of arrays.
 */
import { rowSquares } from "./row-sums";
import { addressAt, place } from "./slots";

const LINE: usize = 12;
const BLOCK: i32 = 4096;

/** Slots: table, arrays, partial sums. Items are blocks. */
export function squaredNormBlocks(args: usize, begin: i32, end: i32): void {
  let line = addressAt(args, 0);
  for (let block = begin; block < end; block++) {
    while (load<i32>(line + LINE) <= block) line += LINE;
    const first = (block - load<i32>(line)) * BLOCK;
    const count = min(BLOCK, load<i32>(line, 8) - first);
    store<f32>(place(addressAt(args, 2), block), rowSquares(place(load<usize>(line, 4), first), count, 0));
  }
}

/** Slots: table, arrays, partial sums, out. Items are arrays. */
export function squaredNorms(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i++) {
    const line = addressAt(args, 0) + <usize>i * LINE, last = load<i32>(line + LINE);
    let sum: f64 = 0;
    for (let block = load<i32>(line); block < last; block++) sum += load<f32>(place(addressAt(args, 2), block));
    store<f32>(place(addressAt(args, 3), i), <f32>sum);
  }
}

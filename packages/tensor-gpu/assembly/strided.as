/**
 * @file Walking over strided operands. An elementwise kernel sees its output as rows of `n` elements; slots:
 * 0 out, 1 … 3 operands (unused ones are 0), 4 n, 5 … 7 byte strides of the operands inside a row, 8 number of outer
 * axes (at most 7), 9 … 15 their sizes, then for each operand seven byte strides along them from 16, 24 and 32.
 */
import { intAt } from "./slots";

export const enum Slot {
  n = 4, stride = 5, rank = 8, sizes = 9, outer = 16,
}

/** Byte offset of row `row` of operand 0, 1 or 2. */
export function rowOffset(args: usize, operand: i32, row: i32): usize {
  const strides = Slot.outer + (operand << 3);
  let offset = 0;
  for (let axis = intAt(args, Slot.rank) - 1; axis > 0; axis--) {
    const size = intAt(args, Slot.sizes + axis);
    const next = row / size;
    offset += (row - next * size) * intAt(args, strides + axis);
    row = next;
  }
  return <usize>(offset + row * intAt(args, strides));
}

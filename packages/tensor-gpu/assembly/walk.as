/**
 * @file Walking over strided operands. An elementwise kernel sees its output as rows of `n` elements, in which operands
 * advance by a step in bytes. What lies around the rows stands at the end of the kernel's arguments: the number of outer
 * axes, their sizes from the outermost on, then, operand by operand, the byte strides along them.
 */

/** Byte offset of row `row` of operand 0, 1 or 2. `axes`: address of the number of outer axes. */
export function rowOffset(axes: usize, operand: i32, row: i32): usize {
  const rank = load<i32>(axes), sizes = axes + 4, strides = sizes + (<usize>(rank * (operand + 1)) << 2);
  let offset = 0;
  for (let axis = rank - 1; axis > 0; axis--) {
    const size = load<i32>(sizes + (<usize>axis << 2));
    const next = row / size;
    offset += (row - next * size) * load<i32>(strides + (<usize>axis << 2));
    row = next;
  }
  return rank > 0 ? <usize>(offset + row * load<i32>(strides)) : 0;
}

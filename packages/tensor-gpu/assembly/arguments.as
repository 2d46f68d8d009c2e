/**
 * @file How a kernel declares its parameters: as the fields of an unmanaged class, in order. `scripts/build-wasm.mjs` reads
 * these declarations and writes their types and layout to `src/wasm/generated/kernels.ts`; the wrappers in TypeScript give
 * arguments in the same order, and the compiler checks them.
 *
 * Fields are addresses (`usize`, 0 for null), numbers (`i32`, `u64`, `f32`, `f64`) or one of the types below. A class whose
 * name ends in `Record` is a line of a table that a wrapper writes to memory.
 */

/** 0 for false, 1 for true. */
export type Flag = i32;

/** The first of any number of integers, which end the arguments. */
export type Ints = i32;

/** A word that the kernel writes and the wrapper reads; no argument, 0 at the start. */
export type Answer = i32;

/** Byte address of element `index` after `base`. */
@inline export function place(base: usize, index: i32): usize {
  return base + (<usize>index << 2);
}

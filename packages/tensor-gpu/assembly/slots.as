/** @file Reading a kernel's arguments: 64 slots of four bytes at `args`. */

@inline export function intAt(args: usize, slot: i32): i32 {
  return load<i32>(args + (<usize>slot << 2));
}

@inline export function floatAt(args: usize, slot: i32): f32 {
  return load<f32>(args + (<usize>slot << 2));
}

/** A double takes two slots. */
@inline export function doubleAt(args: usize, slot: i32): f64 {
  return load<f64>(args + (<usize>slot << 2));
}

/** A byte address, 0 for null. */
@inline export function addressAt(args: usize, slot: i32): usize {
  return load<usize>(args + (<usize>slot << 2));
}

/** A float argument in all four lanes. */
@inline export function splatAt(args: usize, slot: i32): v128 {
  return v128.load32_splat(args + (<usize>slot << 2));
}

/** Byte address of element `index` after `base`. */
@inline export function place(base: usize, index: i32): usize {
  return base + (<usize>index << 2);
}

/**
 * @file Each thread's own work area. Every thread has its own instance of the module, so this global is private to it.
 * Layout: packed block of A, packed block of B, then `AREA` for a kernel's own use.
 */
export const PACK_A_BYTES: usize = 32 * 256 * 16 + 1024;
export const PACK_B_BYTES: usize = 256 * 1024 * 4 + 1024;
/** Bytes that a kernel may use for itself, at `scratchArea()`; the matrix products inside it do not touch them. */
export const AREA_BYTES: usize = 3 << 20;

let scratch: usize = 0;

/** Called once by each thread after it made its instance. */
export function setScratch(address: usize): void {
  scratch = address;
}

export function scratchBytes(): usize {
  return PACK_A_BYTES + PACK_B_BYTES + AREA_BYTES;
}

/** First address behind the compiler's constant tables. */
export function tablesEnd(): usize {
  return __heap_base;
}

@inline export function packAreaA(): usize {
  return scratch;
}

@inline export function packAreaB(): usize {
  return scratch + PACK_A_BYTES;
}

/** `AREA_BYTES` bytes for the kernel's own use, 64-byte aligned, contents undefined at the start of each call. */
@inline export function scratchArea(): usize {
  return scratch + PACK_A_BYTES + PACK_B_BYTES;
}

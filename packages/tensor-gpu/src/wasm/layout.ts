/**
 * @file Layout of the linear memory. Page 0 holds the compiler's constant tables, which every new instance
 * rewrites; page 1 the control words and the argument slots; then one work area per thread; then the heap.
 */

/** Byte address of the control words. */
export const CONTROL_ADDRESS = 65_536;
/** Control words of one pool of threads, 1024 bytes. */
export const CONTROL_WORDS = 256;
/** Byte address of the argument slots that wrappers write to. */
export const ARGUMENTS_ADDRESS = CONTROL_ADDRESS + 4_096;
export const ARGUMENT_SLOTS = 64;
/** Byte address of the first thread's work area. */
export const SCRATCH_ADDRESS = 131_072;
export const PAGE_BYTES = 65_536;
/** One page short of 4 GiB, so that no end address wraps round to 0. */
export const MAXIMUM_PAGES = 65_535;

/** Indices of the control words in int32 units, those that threads contend for on separate cache lines. */
export const CONTROL = {
  /** Counts jobs; sleeping helpers wait on it. */
  epoch: 0,
  /** 1 while the current job hands out chunks. */
  open: 32,
  /** First item not yet taken. */
  next: 64,
  /** Helpers between checking `open` and their last chunk. */
  active: 96,
  sleepers: 128,
  /** Helpers that have created their instance. */
  ready: 160,
  stop: 192,
  /** 1 after a helper's kernel has thrown. */
  failed: 193,
  /** 1 while the caller sleeps until `active` is 0. */
  waiting: 194,
  kernel: 224,
  items: 225,
  chunk: 226,
  /** Address of the argument slots. */
  arguments: 227,
} as const;

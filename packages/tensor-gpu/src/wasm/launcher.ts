/** @file How a kernel wrapper in TypeScript starts a kernel in WebAssembly. */
import type { View } from "../backend/view";

/**
 * Every exported WebAssembly kernel has the signature `(args: usize, begin: i32, end: i32) => void`: it reads its
 * arguments from 64 four-byte slots at `args` and works on items begin … end−1 (rows, elements, heads, …). A wrapper
 * writes the slots, then calls `run`; the launcher cuts the items into chunks that threads take in turn. A kernel's
 * result may not depend on where the cuts are.
 *
 * Launches can be recorded and repeated. So what a wrapper reads of the memory it reads through `ask` and `integers`,
 * and what it writes there goes into borrowed blocks, before the launch.
 */
export interface Launcher {
  /** How many threads may share a launch. */
  readonly threads: number;
  /** The argument slots as integers (numbers, byte addresses). Read it anew for each launch: memory may have grown. */
  readonly ints: Int32Array;
  /** The same slots as floats. */
  readonly floats: Float32Array;
  /** The whole memory as integers, to write to: element `address / 4` (use `>>> 2`). Read it anew after anything that allocates. */
  readonly memoryInts: Int32Array;
  /** Byte address of the view's first element; 0 for null. */
  address(view: View | null): number;
  /**
   * Runs `kernel` over [0, items) in chunks of at least `grain` items; with one chunk the caller runs it alone.
   * @param options.isReplayable false for a kernel that must not do the same again, such as one that draws numbers: while a
   *   recording is open it is refused. Default true
   */
  run(kernel: string, items: number, grain: number, options?: { isReplayable?: boolean }): void;
  /**
   * The same for a kernel that answers: sets the word at `address` (a slot's or a borrowed block's) to 0, runs, and
   * returns the word. A replay fails where the answer's `kind` is another than when it was recorded.
   *
   * @param kind what the caller goes by, default the word itself
   */
  ask(
    kernel: string,
    items: number,
    grain: number,
    address: number,
    kind?: (word: number) => unknown,
  ): number;
  /** A view's elements for the wrapper to go by. @throws {TensorError} `ERR_BACKEND` while a recording is open */
  integers(view: View): Int32Array;
  /** Runs what works on the memory and is no kernel. It must find its own way there: memory may have grown. */
  call(run: () => void): void;
  /** Lends `use` a block of memory (tables, partial sums), contents undefined; taken back when it returns. */
  borrow<T>(byteLength: number, use: (address: number) => T): T;
}

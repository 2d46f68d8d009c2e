/** @file How a kernel wrapper in TypeScript starts a kernel in WebAssembly. */
import type { View } from "../backend/view";
import type { AskedKernel, KernelParameters, RecordFields } from "./generated/kernels";
import type { Part } from "./part";

/** Decisions that the kernels make about products, for wrappers that split them; see `assembly/product.as`. */
export interface ProductChoices {
  /** Whether a product packs B; strides in elements. */
  packsB(aColumn: number, bRow: number, bColumn: number, m: number, n: number, k: number): number;
  /** How a product of a list reads B: an `Operand`. */
  operandOf(bRow: number, bColumn: number, m: number, k: number, hasBias: boolean): number;
}

/**
 * Every exported WebAssembly kernel has the signature `(args, begin: i32, end: i32) => void`: it reads its arguments from
 * 64 words at `args`, in the order in which `assembly/` declares its parameters, and works on items begin … end−1 (rows,
 * elements, heads, …). A wrapper gives the arguments in the same order; the launcher writes them and cuts the items into
 * chunks that threads take one after another. A kernel's result must not depend on how the items are split.
 *
 * Launches can be recorded and replayed. A wrapper must therefore read memory only through `ask` and `integers`, and
 * write only to tables and borrowed blocks, before the launch.
 */
export interface Launcher {
  /** How many threads may share a launch. */
  readonly threads: number;
  readonly choices: ProductChoices;
  /** The whole memory as integers, to write to: element `address / 4` (use `>>> 2`). Read it again after any allocation. */
  readonly memoryInts: Int32Array;
  /** Compiles a part of the kernels unless that has been done; without a call there are those of `core`. */
  need(part: Part): void;
  /** Byte address of the view's first element; 0 for null. */
  address(view: View | null): number;
  /**
   * Runs `kernel` over [0, items) in chunks of at least `grain` items. A single chunk runs on the caller's thread alone.
   * @param options.isReplayable false for a kernel that must not be replayed, such as one that draws random numbers:
   *   it is refused while a recording is open. Default true
   */
  run<K extends keyof KernelParameters>(
    kernel: K,
    args: KernelParameters[K],
    items: number,
    grain: number,
    options?: { isReplayable?: boolean | undefined },
  ): void;
  /**
   * The same for a kernel that returns a result: returns the word that it wrote, or 0 if it wrote none. A replay
   * fails where the `kind` of the result differs from the recorded one.
   *
   * @param kind the property of the result that the caller depends on, default the word itself
   */
  ask<K extends AskedKernel>(
    kernel: K,
    args: KernelParameters[K],
    items: number,
    grain: number,
    kind?: (word: number) => unknown,
  ): number;
  /** A view's elements, read by the wrapper. @throws {TensorError} `ERR_BACKEND` while a recording is open */
  integers(view: View): Int32Array;
  /** Runs an action on the memory that is not a kernel. It must obtain the memory itself, which may have grown. */
  call(run: () => void): void;
  /**
   * Lends `use` a block of memory (tables, partial sums) with undefined contents. The block is freed when `use` returns.
   */
  borrow<T>(byteLength: number, use: (address: number) => T): T;
  /** Lends `use` a table of these lines. */
  withTable<R extends keyof RecordFields>(
    record: R,
    lines: readonly RecordFields[R][],
    use: (table: number) => void,
  ): void;
}

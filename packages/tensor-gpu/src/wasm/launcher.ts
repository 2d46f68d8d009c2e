/** @file How a kernel wrapper in TypeScript starts a kernel in WebAssembly. */
import type { View } from "../backend/view";
import type { AskedKernel, KernelParameters, RecordFields } from "./generated/kernels";

/** Decisions that the kernels make about products, for wrappers that cut them; see `assembly/product.as`. */
export interface ProductChoices {
  /** Whether a product packs B; strides in elements. */
  packsB(aColumn: number, bRow: number, bColumn: number, m: number, n: number, k: number): number;
  /** How a product of a list takes B: an `Operand`. */
  operandOf(bRow: number, bColumn: number, m: number, k: number, hasBias: boolean): number;
}

/**
 * Every exported WebAssembly kernel has the signature `(args, begin: i32, end: i32) => void`: it reads its arguments from
 * 64 words at `args`, in the order in which `assembly/` declares its parameters, and works on items begin … end−1 (rows,
 * elements, heads, …). A wrapper gives the arguments in the same order; the launcher writes them and cuts the items into
 * chunks that threads take in turn. A kernel's result may not depend on where the cuts are.
 *
 * Launches can be recorded and repeated. So what a wrapper reads of the memory it reads through `ask` and `integers`,
 * and what it writes there goes into tables and borrowed blocks, before the launch.
 */
export interface Launcher {
  /** How many threads may share a launch. */
  readonly threads: number;
  readonly choices: ProductChoices;
  /** The whole memory as integers, to write to: element `address / 4` (use `>>> 2`). Read it anew after anything that allocates. */
  readonly memoryInts: Int32Array;
  /** Byte address of the view's first element; 0 for null. */
  address(view: View | null): number;
  /**
   * Runs `kernel` over [0, items) in chunks of at least `grain` items; with one chunk the caller runs it alone.
   * @param options.isReplayable false for a kernel that must not do the same again, such as one that draws numbers: while a
   *   recording is open it is refused. Default true
   */
  run<K extends keyof KernelParameters>(
    kernel: K,
    args: KernelParameters[K],
    items: number,
    grain: number,
    options?: { isReplayable?: boolean },
  ): void;
  /**
   * The same for a kernel that answers: returns the word that it wrote, 0 where it wrote none. A replay fails where the
   * answer's `kind` is another than when it was recorded.
   *
   * @param kind what the caller goes by, default the word itself
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
  /** Runs an action on the memory that is not a kernel. It must look up the memory itself, which may have grown. */
  call(run: () => void): void;
  /** Lends `use` a block of memory (tables, partial sums), contents undefined; taken back when it returns. */
  borrow<T>(byteLength: number, use: (address: number) => T): T;
  /** Lends `use` a table of these lines. */
  withTable<R extends keyof RecordFields>(
    record: R,
    lines: readonly RecordFields[R][],
    use: (table: number) => void,
  ): void;
}

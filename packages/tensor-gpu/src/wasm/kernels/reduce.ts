import type { Kernels, ReduceOp } from "../../backend/kernels";
import type { View } from "../../backend/view";
import type { Fold, KernelParameters } from "../generated/kernels";
import type { Launcher } from "../launcher";
import { grain } from "./grain";

/** Long folds with few results are split into blocks of these lengths, and the results of the blocks are folded again. */
const ROW_BLOCK = 4096;
const COLUMN_BLOCK = 512;
/** From this many results on, there is enough work for the threads without splitting. */
const ENOUGH_RESULTS = 64;
/** Columns of an item of a fold over columns. */
const STRIP = 16;
const SIGN_BIT = 2 ** 31;

function blockOf(results: number, n: number, inner: number): number {
  const block = inner === 1 ? ROW_BLOCK : COLUMN_BLOCK;
  return results < ENOUGH_RESULTS && n >= 4 * block ? block : n;
}

type FoldName = {
  [K in keyof KernelParameters]: K extends `${infer Name}Columns` ? Name : never;
}[keyof KernelParameters] &
  `${"sum" | "max" | "min" | "prod"}${string}`;

type ReduceKernels = Pick<Kernels, "reduce" | "argReduce" | "cumsum">;

export function reduceKernels(launcher: Launcher): ReduceKernels {
  /** Folds `x` [outer, n, inner] to [outer, ⌈n/block⌉, inner]. */
  const fold = (
    op: Exclude<ReduceOp, "mean">,
    isFloat: boolean,
    [out, x]: [number, number],
    [outer, n, inner]: [number, number, number],
    block: number,
    divisor: number,
  ) => {
    const blocks = n === 0 ? 1 : Math.ceil(n / block);
    const args: Fold = [out, x, n, block, blocks, inner, divisor];
    const name = `${op}${isFloat ? "" : "Int"}` as FoldName; // Only floats are squared.
    const cells = outer * blocks;
    if (inner === 1) launcher.run(`${name}Rows`, args, cells, grain(block));
    else {
      const strips = Math.ceil(inner / STRIP);
      launcher.run(`${name}Columns`, args, cells * strips, grain(STRIP * block));
    }
  };

  const argReduce = (op: "max" | "min", out: View, x: View, n: number, inner: number) => {
    const isFloat = x.dtype === "float32";
    const flip = op === "max" ? 0 : isFloat ? SIGN_BIT : -1;
    const kernel = `arg${inner === 1 ? "Rows" : "Columns"}${isFloat ? "Float" : "Int"}` as const;
    return launcher.ask(kernel, [out, x, n, inner, flip], out.size, grain(n)) === 1;
  };

  return {
    reduce(op, out, x, outer, n, inner) {
      const isFloat = out.dtype === "float32";
      const first = op === "mean" ? "sum" : op;
      const divisor = op === "mean" ? n : 1;
      const addresses: [number, number] = [launcher.address(out), launcher.address(x)];
      const block = blockOf(outer * inner, n, inner);
      if (block === n) return fold(first, isFloat, addresses, [outer, n, inner], n, divisor);
      const blocks = Math.ceil(n / block);
      launcher.borrow(4 * outer * blocks * inner, (partial) => {
        fold(first, isFloat, [partial, addresses[1]], [outer, n, inner], block, 1);
        const second = first === "sumSquares" ? "sum" : first;
        fold(second, isFloat, [addresses[0], partial], [outer, blocks, inner], blocks, divisor);
      });
    },
    argReduce: (op, out, x, _outer, n, inner) => argReduce(op, out, x, n, inner),
    cumsum(out, x, outer, n, inner, reverse) {
      const kernel = out.dtype === "float32" ? "cumsumFloat" : "cumsumInt";
      launcher.run(kernel, [out, x, n, inner, reverse], outer * inner, grain(n));
    },
  };
}

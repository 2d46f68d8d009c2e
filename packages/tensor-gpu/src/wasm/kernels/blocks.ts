import { compileExact } from "../exact-dots";
import { blocks } from "../generated/blocks";
import type { Part } from "../part";
import type { BlockFamily } from "./block-family";

/** Maximum rows of x that are multiplied by one row of the weight after another. */
const FEW_ROWS = 12;
/** Bytes of a group of 32 activations; see `quantizeBlocks`. */
const ACTIVATION_BYTES = 80;
/** Numbers of a row that fit in a thread's work area as floats. */
const LONGEST_ROW = 32_768;
/** What a multiply-add of whole numbers costs, in simple operations on elements. */
const WORK = 0.5;

const part: Part = { ...blocks, compile: compileExact };

/** Kernels for weights in blocks as GGML's files hold them, and for float16. */
export const blockKernels: BlockFamily = (launcher, rowsOf, grain) => {
  launcher.need(part);
  return {
    encode(out, x) {
      const { address, format } = rowsOf(out);
      const { rows, columns } = out;
      const args = [address, x, columns, format] as const;
      return launcher.ask("encodeBlocks", [...args], rows, grain(4 * columns)) === 0;
    },
    widen(out, rows, index) {
      const { address, format } = rowsOf(rows);
      const args = [out, address, index, rows.columns, format] as const;
      const count = index ? index.size : rows.rows;
      launcher.run("widenBlocks", [...args], count, grain(rows.columns));
    },
    dots(out, x, rows, accumulate) {
      const [m = 0, k = 0] = x.shape;
      if (m > FEW_ROWS || k > LONGEST_ROW) return false;
      const { address, format } = rowsOf(rows);
      const n = rows.rows;
      const run = (quantized: number) => {
        const args = [out, x, quantized, address, m, n, k, format, accumulate] as const;
        launcher.run("blockDots", [...args], n, grain(WORK * m * k));
      };
      if (rows.format === "float16") run(0);
      else
        launcher.borrow(m * Math.ceil(k / 32) * ACTIVATION_BYTES, (quantized) => {
          launcher.run("quantizeBlocks", [x, quantized, k], m, m);
          run(quantized);
        });
      return true;
    },
  };
};

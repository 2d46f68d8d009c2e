import { canEncode } from "../../backend/compact-format";
import type { CompactRows } from "../../backend/compact-kernels";
import type { View } from "../../backend/view";
import { compileExact } from "../exact-dots";
import { blocks } from "../generated/blocks";
import type { Part } from "../part";
import type { BlockFamily } from "./block-family";

/**
 * Maximum rows of x that are multiplied by one row of the weight after another; more take tiles. Both are whole numbers at every
 * shape: measured once on a busy AMD EPYC, Node 20, one thread, 2048×768, Gop/s at 1 | 12 | 16 | 64 | 256 rows: float32
 * weights 18 | 43 | 56 | 44 | 49, int8 36 | 37 | 52 | 57 | 61, q4_0 22 | 36 | 49 | 51 | 52, q4_k 18 | 28 | 47 | 49 | 50, q6_k
 * 16 | 27 | 40 | 41 | 43. The cost of widening was not measured apart. Without relaxed SIMD whole
 * numbers took 1.0 (q6_k) to 2 (int8) times float32's rate from 16 rows on.
 */
const FEW_ROWS = 12;
/** Rows of x that are converted to whole numbers at a time. */
const MOST_ROWS = 1024;
/** Rows of the weight that a tile reads at a time; see `assembly/block-tiles.as`. */
const STRIP = 16;
/** Bytes of a group of 32 activations; see `quantizeBlocks`. */
const ACTIVATION_BYTES = 80;
/** Numbers of a row that fit in a thread's work area as floats. */
const LONGEST_ROW = 32_768;
/** Cost of a multiply-add of whole numbers, in simple operations on elements. */
const WORK = 0.5;

/** Address of the element so far behind the first. */
const at = ({ storage, offset }: View, elements: number) =>
  storage.handle + 4 * (offset + elements);

const addressOf = ({ handle, byteOffset }: CompactRows) => handle + byteOffset;

const part: Part = { ...blocks, compile: compileExact };

/** Kernels for weights in blocks as GGML's files hold them, and for float16. */
export const blockKernels: BlockFamily = (launcher, formatOf, grain) => {
  launcher.need(part);
  return {
    encode(out, x) {
      if (!canEncode(out.format)) return false;
      const { rows, columns } = out;
      const args = [addressOf(out), x, columns, formatOf(out)] as const;
      return launcher.ask("encodeBlocks", [...args], rows, grain(4 * columns)) === 0;
    },
    widen(out, rows, index) {
      const args = [out, addressOf(rows), index, rows.columns, formatOf(rows)] as const;
      const count = index ? index.size : rows.rows;
      launcher.run("widenBlocks", [...args], count, grain(rows.columns));
    },
    dots(out, x, rows, accumulate) {
      const [m = 0, k = 0] = x.shape;
      const isFloat = rows.format === "float16";
      if (k > LONGEST_ROW || (isFloat && m > FEW_ROWS)) return false;
      const [address, format] = [addressOf(rows), formatOf(rows)];
      const n = rows.rows;
      const isFew = m <= FEW_ROWS;
      const quantize = rows.format === "int8" ? "quantizeWide" : "quantizeBlocks";
      /** Rows from `first` on, `x` and `out` beginning there. */
      const run = (first: number, count: number, quantized: number) => {
        const [to, from] = [at(out, first * n), at(x, first * k)];
        if (quantized) launcher.run(quantize, [from, quantized, k], count, grain(WORK * k));
        const args = [to, from, quantized, address, count, n, k, format, accumulate] as const;
        if (isFew) launcher.run("blockDots", [...args], n, grain(WORK * count * k));
        else launcher.run("blockTiles", [...args], Math.ceil(n / STRIP), grain(STRIP * count * k));
      };
      if (isFloat) run(0, m, 0);
      else
        launcher.borrow(Math.min(m, MOST_ROWS) * Math.ceil(k / 32) * ACTIVATION_BYTES, (area) => {
          for (let first = 0; first < m; first += MOST_ROWS)
            run(first, Math.min(MOST_ROWS, m - first), area);
        });
      return true;
    },
  };
};

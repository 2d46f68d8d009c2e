import { canEncode } from "../../backend/compact-format";
import type { CompactRows } from "../../backend/compact-kernels";
import type { View } from "../../backend/view";
import { compileExact } from "../exact-dots";
import { blocks } from "../generated/blocks";
import type { Part } from "../part";
import type { BlockFamily } from "./block-family";

/** Maximum rows of x that are multiplied by one row of float16s after another; floats are faster from there on. */
const FEW_HALF_ROWS = 12;
/**
 * The same of whole numbers, from where on tiles are. Both are faster than float32 weights at every shape: measured on a busy AMD
 * EPYC, Node 20, one thread, 2048×768, Gop/s at 1 | 4 | 12 | 16 | 64 rows: float32 18 | - | 43 | 56 | 44, int8 36 | - | 37 | 52 | 57,
 * q4_0 31 | 34 | 50 | 52 | 56, q5_0 16 | 28 | 42 | 46 | 51, q4_k 43 | 36 | 64 | 68 | 84, q5_k 29 | 32 | 56 | 61 | 73, q6_k 23 | 24 |
 * 41 | 46 | 56. Without relaxed SIMD whole numbers took 1.0 (q6_k) to 2 (int8) times float32's rate from 16 rows on.
 */
const FEW_ROWS = 3;
/** Types whose blocks have 256 numbers. */
const LONG_TYPES: ReadonlySet<string> = new Set(["q4_k", "q5_k", "q6_k"]);
/** Rows of x that are converted to whole numbers at a time. */
const MOST_ROWS = 1024;
/** Rows of the weight that a tile reads at a time; see `assembly/block-tiles.as`. */
const STRIP = 16;
/** Bytes of a group of 32 activations at most; see `quantizeBlocks`. */
const ACTIVATION_BYTES = 80;
/** Numbers of a row that fit in a thread's work area as floats. */
const LONGEST_ROW = 32_768;
/** Cost of a multiply-add of whole numbers, in simple operations on elements. */
const WORK = 0.5;

/** The kernels of products with a type. */
function namesOf(format: string) {
  if (LONG_TYPES.has(format))
    return { dots: "longDots", tiles: "longTiles", quantize: "quantizeLong" } as const;
  const quantize = format === "int8" ? "quantizeWide" : "quantizeBlocks";
  return { dots: "blockDots", tiles: "blockTiles", quantize } as const;
}

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
      if (k > LONGEST_ROW || (isFloat && m > FEW_HALF_ROWS)) return false;
      const [address, format] = [addressOf(rows), formatOf(rows)];
      const n = rows.rows;
      const { dots, tiles, quantize } = namesOf(rows.format);
      const isFew = m <= (isFloat ? FEW_HALF_ROWS : FEW_ROWS);
      /** Rows from `first` on, `x` and `out` beginning there. */
      const run = (first: number, count: number, quantized: number) => {
        const [to, from] = [at(out, first * n), at(x, first * k)];
        if (quantized) launcher.run(quantize, [from, quantized, k], count, grain(WORK * k));
        const args = [to, from, quantized, address, count, n, k, format, accumulate] as const;
        if (isFew) launcher.run(dots, [...args], n, grain(WORK * count * k));
        else launcher.run(tiles, [...args], Math.ceil(n / STRIP), grain(STRIP * count * k));
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

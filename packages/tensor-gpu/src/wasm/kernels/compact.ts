import type { CodedNumbers, CompactKernels, CompactRows } from "../../backend/compact-kernels";
import { COMPACT_TYPES, type View } from "../../backend/view";
import { fail } from "../../errors";
import type { Launcher } from "../launcher";
import { type BlockKernels, blockFamily } from "./block-family";
import { grain } from "./grain";
import { GRAIN } from "./product-list";

/** Maximum rows of x for which int8 weights are multiplied by integers. With more rows, floats cost less per row. */
const QUANTIZED_ROWS = 12;
/** Rows of x from which a product packs its operands; see `choosePath`. */
const MANY_ROWS = 24;
/** Bytes of a block of activations; see `quantizeRows`. */
const WIDE_BLOCK_BYTES = 80;
/** Floats of 24 rows that fit in a thread's work area. */
const LONGEST_ROW = Math.floor((3 << 20) / 96);

/** Cost of one table search, in consecutive elements. */
const CODE_WORK = 16;

const address = ({ handle, byteOffset }: CompactRows) => handle + byteOffset;

/** A `CompactFormat`. */
const formatOf = ({ format }: CompactRows) => COMPACT_TYPES.indexOf(format);

/** Whether the kernels that every bundle holds are those of this type: bfloat16 or int8. */
const isBasic = (rows: CompactRows) => formatOf(rows) < 2;

export function compactKernels(launcher: Launcher): CompactKernels {
  let made: BlockKernels | undefined;
  const blocks = () => {
    made ??=
      blockFamily.make?.(launcher, formatOf, grain) ??
      fail("ERR_BACKEND", "call enableBlockTypes() first");
    return made;
  };
  const run = (out: View, x: View, quantized: number, rows: CompactRows, accumulate: boolean) => {
    const [m, n, k] = [x.shape[0]!, rows.rows, rows.columns];
    const format = formatOf(rows);
    launcher.run(
      "compactDots",
      [out, x, quantized, address(rows), m, n, k, format, accumulate],
      n,
      Math.ceil(GRAIN / 4 / (m * k)),
    );
  };
  const runCodes = (
    kernel: "expandCodes" | "chooseCodes",
    x: View,
    { codes, scales, table, block }: CodedNumbers,
    keepsPositive: boolean,
  ) => {
    const args = [codes, scales, x, table, x.size, block, keepsPositive] as const;
    launcher.run(kernel, [...args], Math.ceil(x.size / block), grain(CODE_WORK * block));
  };
  return {
    encode(out, x) {
      const { rows, columns } = out;
      if (!isBasic(out)) return blocks().encode(out, x);
      const args = [address(out), x, columns, formatOf(out)] as const;
      return launcher.ask("compactRows", [...args], rows, grain(4 * columns)) === 0;
    },
    arrange(rows) {
      launcher.run("arrangeRows", [address(rows), rows.columns], rows.rows, grain(rows.columns));
    },
    widen(out, rows, index) {
      const { columns } = rows;
      if (!isBasic(rows)) return blocks().widen(out, rows, index);
      const args = [out, address(rows), index, columns, formatOf(rows)] as const;
      launcher.run("widenRows", [...args], index ? index.size : rows.rows, grain(columns));
    },
    dots(out, x, rows, accumulate) {
      const [m = 0, k = 0] = x.shape;
      if (!isBasic(rows) || (rows.format === "int8" && m > QUANTIZED_ROWS && blockFamily.make))
        return blocks().dots(out, x, rows, accumulate);
      if (m >= MANY_ROWS || k > LONGEST_ROW) return false;
      if (rows.format === "bfloat16" || m > QUANTIZED_ROWS) run(out, x, 0, rows, accumulate);
      else
        launcher.borrow(m * Math.ceil(k / 32) * WIDE_BLOCK_BYTES, (quantized) => {
          launcher.run("quantizeRows", [x, quantized, k], m, m);
          run(out, x, quantized, rows, accumulate);
        });
      return true;
    },
    expandCodes(out, coded) {
      runCodes("expandCodes", out, coded, false);
    },
    chooseCodes(coded, x, keepsPositive) {
      runCodes("chooseCodes", x, coded, keepsPositive);
    },
  };
}

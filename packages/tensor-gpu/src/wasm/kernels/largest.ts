import type { PageShortcuts } from "../../backend/shortcuts";
import { more } from "../generated/more";
import type { Launcher } from "../launcher";
import { GRAIN } from "./product-list";

/** As in `assembly/few-rows.as` and `assembly/largest.as`: parts of the weight, rows of a block of each, the longest row of x. */
const [PARTS, BLOCK, FEW_DEPTH] = [6, 32, 8192];
/** Lengths of rows below which the product is computed in another way. */
const LEAST_DEPTH = 16;
/** Bytes in the table of a product and its row. */
const ENTRY_BYTES = 8;

/** As `isFew` in `assembly/few-rows.as`. */
const isFew = (m: number, filled: number) => m >= 7 && m < 24 && filled - m <= 4;

/** The largest product of each row of x with the rows of a weight. */
export function largestShortcut(launcher: Launcher): Pick<PageShortcuts, "largest"> {
  launcher.need(more);
  return {
    largest(ids, top, x, weight) {
      const m = x.shape[0]!;
      const k = x.shape[1]!;
      const n = weight.shape[0]!;
      const filled = 8 * Math.ceil(m / 8);
      const isLong = k >= LEAST_DEPTH && k <= FEW_DEPTH && n >= PARTS * BLOCK;
      if (!isFew(m, filled) || !isLong) return false;
      const blocks = Math.ceil(Math.floor(n / PARTS) / BLOCK);
      const entries = PARTS * blocks + (n % PARTS > 0 ? 1 : 0);
      launcher.borrow(entries * filled * ENTRY_BYTES, (table) => {
        const grain = Math.ceil(GRAIN / (PARTS * BLOCK * m * k));
        launcher.run("largestOfBlocks", [x, m, k, weight, n, table], blocks, grain);
        launcher.run("largestOfTable", [ids, top, table, entries, m], filled / 4, filled);
      });
      return true;
    },
  };
}

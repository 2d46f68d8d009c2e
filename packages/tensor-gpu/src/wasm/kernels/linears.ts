import type { PageShortcuts } from "../../backend/shortcuts";
import type { Launcher } from "../launcher";
import { GRAIN } from "./product-list";

/** Rows of x from which a product packs its weight; see `choosePath`. */
const MANY_ROWS = 24;

/** Products of one x of few rows with up to three weights, in one launch. */
export function linearsShortcut(launcher: Launcher): Pick<PageShortcuts, "linears"> {
  return {
    linears(outs, x, weights, accumulate) {
      const m = x.shape[0]!;
      const k = x.shape[1]!;
      if (m >= MANY_ROWS || m === 0 || weights.length > 3) return false;
      const rows = (i: number) => weights[i]?.shape[0] ?? 0;
      launcher.run(
        "linearRows",
        [
          x,
          m,
          k,
          accumulate,
          weights[0]!,
          outs[0]!,
          rows(0),
          weights[1] ?? null,
          outs[1] ?? null,
          rows(1),
          weights[2] ?? null,
          outs[2] ?? null,
          rows(2),
        ],
        rows(0) + rows(1) + rows(2),
        Math.max(16, Math.ceil(GRAIN / Math.max(1, m * k))),
      );
      return true;
    },
  };
}

import type { Kernels } from "../../backend/kernels";
import { more } from "../generated/more";
import type { Launcher } from "../launcher";
import { rowSize } from "./gather";
import { grain } from "./grain";

type ExpertKernels = Pick<Kernels, "countingSort" | "expandRows" | "combineRows" | "rowDots">;

export function expertKernels(launcher: Launcher): ExpertKernels {
  launcher.need(more);
  return {
    countingSort(order, inverse, offsets, ids, groups) {
      launcher.run("countingSort", [order, inverse, offsets, ids, ids.size, groups], 1, 1);
    },
    expandRows(out, x, order, k, weights) {
      const d = rowSize(x);
      if (d === 0) return;
      launcher.run("expandRows", [out, x, order, k, weights, d], order.size, grain(d));
    },
    combineRows(out, x, inverse, weights) {
      if (out.size === 0) return;
      const d = rowSize(out);
      const tokens = out.size / d;
      const k = inverse.size / tokens;
      launcher.run("combineRows", [out, x, inverse, weights, k, d], tokens, grain(k * d));
    },
    rowDots(out, dy, x, inverse) {
      if (out.size === 0) return;
      const d = rowSize(x);
      const k = out.size / dy.shape[0]!;
      launcher.run("rowDots", [out, dy, x, inverse, k, d], out.size, grain(d));
    },
  };
}

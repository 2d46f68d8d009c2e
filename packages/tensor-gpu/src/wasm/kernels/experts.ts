import type { Kernels } from "../../backend/kernels";
import type { Launcher } from "../launcher";
import { rowSize } from "./gather";
import { grain } from "./grain";
import { setInts } from "./slots";

type ExpertKernels = Pick<Kernels, "countingSort" | "expandRows" | "combineRows" | "rowDots">;

export function expertKernels(launcher: Launcher): ExpertKernels {
  return {
    countingSort(order, inverse, offsets, ids, groups) {
      const views = [order, inverse, offsets, ids].map(launcher.address);
      setInts(launcher.ints, 0, [...views, ids.size, groups]);
      launcher.run("countingSort", 1, 1);
    },
    expandRows(out, x, order, k, weights) {
      const d = rowSize(x);
      if (d === 0) return;
      setInts(launcher.ints, 0, [out, x, order].map(launcher.address));
      setInts(launcher.ints, 3, [k, launcher.address(weights), d]);
      launcher.run("expandRows", order.size, grain(d));
    },
    combineRows(out, x, inverse, weights) {
      if (out.size === 0) return;
      const d = rowSize(out);
      const tokens = out.size / d;
      const k = inverse.size / tokens;
      setInts(launcher.ints, 0, [out, x, inverse, weights].map(launcher.address));
      setInts(launcher.ints, 4, [k, d]);
      launcher.run("combineRows", tokens, grain(k * d));
    },
    rowDots(out, dy, x, inverse) {
      if (out.size === 0) return;
      const d = rowSize(x);
      const k = out.size / dy.shape[0]!;
      setInts(launcher.ints, 0, [out, dy, x, inverse].map(launcher.address));
      setInts(launcher.ints, 4, [k, d]);
      launcher.run("rowDots", out.size, grain(d));
    },
  };
}

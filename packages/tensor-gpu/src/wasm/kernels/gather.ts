import type { Kernels } from "../../backend/kernels";
import type { View } from "../../backend/view";
import {
  type FirstOutOfRange,
  type Scatter,
  type ScatterAddRows,
  ScatterMode,
} from "../generated/kernels";
import type { Launcher } from "../launcher";
import { grain } from "./grain";

/** Elements of one slice along the first axis. */
export const rowSize = ({ shape }: View) => shape.slice(1).reduce((a, b) => a * b, 1);

/** Cost of one element read through its own index, in consecutive elements. */
const RANDOM_WORK = 4;
/** Columns of an item of scatterAddRows. */
const STRIP = 256;
/** Rows scattered over memory gain little from a second thread: only long lists are shared. */
const SCATTER_WORK = 8;

type GatherKernels = Pick<
  Kernels,
  "firstOutOfRange" | "gatherRows" | "scatterAddRows" | "gather" | "scatter"
>;

export function gatherKernels(launcher: Launcher): GatherKernels {
  return {
    firstOutOfRange(index, limit) {
      const args: FirstOutOfRange = [index, limit, index.size];
      return launcher.ask("firstOutOfRange", args, 1, 1, (position) => position < 0);
    },
    gatherRows(out, table, index) {
      const d = rowSize(table);
      if (d === 0) return;
      launcher.run("gatherRows", [out, table, index, d], index.size, grain(d));
    },
    scatterAddRows(out, index, x) {
      const d = rowSize(out);
      const work = SCATTER_WORK * index.size;
      const args: ScatterAddRows = [out, index, x, index.size, d];
      launcher.run("scatterAddRows", args, Math.ceil(d / STRIP), grain(work));
    },
    gather(out, x, index, outer, n, m, inner) {
      launcher.run("gather", [out, x, index, n, m, inner], outer * m * inner, grain(RANDOM_WORK));
    },
    scatter(out, index, x, outer, n, m, inner, add) {
      const adding = out.dtype === "float32" ? ScatterMode.addFloat : ScatterMode.addInt;
      const mode = add ? adding : ScatterMode.set;
      const args: Scatter = [out, index, x, n, m, inner, mode];
      launcher.run("scatter", args, outer * inner, grain(RANDOM_WORK * m));
    },
  };
}

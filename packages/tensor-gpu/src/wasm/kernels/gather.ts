import type { Kernels } from "../../backend/kernels";
import type { View } from "../../backend/view";
import type { Launcher } from "../launcher";
import { grain } from "./grain";
import { setInts } from "./slots";

/** Elements of one slice along the first axis. */
export const rowSize = ({ shape }: View) => shape.slice(1).reduce((a, b) => a * b, 1);

/** An element found through its own index costs about as much as this many in a row. */
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
      return launcher.borrow(4, (result) => {
        setInts(launcher.ints, 0, [result, launcher.address(index), limit, index.size]);
        return launcher.ask("firstOutOfRange", 1, 1, result, (position) => position < 0);
      });
    },
    gatherRows(out, table, index) {
      const d = rowSize(table);
      if (d === 0) return;
      setInts(launcher.ints, 0, [...[out, table, index].map(launcher.address), d]);
      launcher.run("gatherRows", index.size, grain(d));
    },
    scatterAddRows(out, index, x) {
      const d = rowSize(out);
      setInts(launcher.ints, 0, [...[out, index, x].map(launcher.address), index.size, d]);
      const strips = Math.ceil(d / STRIP);
      launcher.run("scatterAddRows", strips, grain(SCATTER_WORK * index.size));
    },
    gather(out, x, index, outer, n, m, inner) {
      setInts(launcher.ints, 0, [...[out, x, index].map(launcher.address), n, m, inner]);
      launcher.run("gather", outer * m * inner, grain(RANDOM_WORK));
    },
    scatter(out, index, x, outer, n, m, inner, add) {
      const mode = !add ? 0 : out.dtype === "float32" ? 1 : 2;
      setInts(launcher.ints, 0, [...[out, index, x].map(launcher.address), n, m, inner, mode]);
      launcher.run("scatter", outer * inner, grain(RANDOM_WORK * m));
    },
  };
}

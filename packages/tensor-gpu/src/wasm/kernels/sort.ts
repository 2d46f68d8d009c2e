import type { Kernels } from "../../backend/kernels";
import type { Launcher } from "../launcher";
import { grain } from "./grain";
import { setInts, slotAddress } from "./slots";

const SORT_WORK = 16;
/** Where the kernel says that it met NaN. */
const NAN_SLOT = 6;

export function sortKernels(launcher: Launcher): Pick<Kernels, "sort"> {
  return {
    sort(values, indices, x, rows, n, k, descending) {
      if (k === 0) return false;
      const { ints } = launcher;
      setInts(ints, 0, [values, indices, x].map(launcher.address));
      setInts(ints, 3, [n, k, descending ? -1 : 0]);
      const kernel = x.dtype === "float32" ? "sortFloat" : "sortInt";
      return launcher.ask(kernel, rows, grain(SORT_WORK * n), slotAddress(NAN_SLOT)) === 1;
    },
  };
}

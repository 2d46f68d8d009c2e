import type { Kernels } from "../../backend/kernels";
import type { Sort } from "../generated/kernels";
import type { Launcher } from "../launcher";
import { grain } from "./grain";

const SORT_WORK = 16;

export function sortKernels(launcher: Launcher): Pick<Kernels, "sort"> {
  return {
    sort(values, indices, x, rows, n, k, descending) {
      if (k === 0) return false;
      const args: Sort = [values, indices, x, n, k, descending ? -1 : 0];
      const kernel = x.dtype === "float32" ? "sortFloat" : "sortInt";
      return launcher.ask(kernel, args, rows, grain(SORT_WORK * n)) === 1;
    },
  };
}

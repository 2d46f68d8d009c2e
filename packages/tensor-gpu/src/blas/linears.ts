import type { PageShortcuts } from "../backend/shortcuts";
import type { View } from "../backend/view";
import { largestShortcut } from "../wasm/kernels/largest";
import { linearsShortcut } from "../wasm/kernels/linears";
import type { Product } from "../wasm/kernels/product-list";
import type { Launcher } from "../wasm/launcher";
import type { FewRows } from "./few-rows";

/**
 * Products of one x with up to three weights: by the library if it takes each of them, else by our kernel. The largest products
 * are found by our kernel only where it is the faster one for all of them.
 */
export function blasLinears(
  launcher: Launcher,
  fewRows: FewRows,
): Pick<PageShortcuts, "linears" | "largest"> {
  const { linears } = linearsShortcut(launcher);
  const { largest } = largestShortcut(launcher);
  const productOf = (out: View | null, x: View, weight: View, accumulate: boolean): Product => {
    const [m = 0, k = 0] = x.shape;
    const [n = 0] = weight.shape;
    return {
      a: { address: launcher.address(x), row: k, column: 1 },
      b: { address: launcher.address(weight), row: 1, column: k },
      c: launcher.address(out),
      cRow: n,
      m,
      n,
      k,
      accumulate,
    };
  };
  return {
    linears(outs, x, weights, accumulate) {
      const products = weights.map((weight, i) => productOf(outs[i]!, x, weight, accumulate));
      if (!products.every(fewRows.takes)) return linears(outs, x, weights, accumulate);
      fewRows.multiply(products);
      return true;
    },
    largest(ids, top, x, weight) {
      if (fewRows.takes(productOf(null, x, weight, false))) return false;
      return largest(ids, top, x, weight);
    },
  };
}

import type { Kernels } from "../../backend/kernels";
import type { Launcher } from "../launcher";
import { PACK_LIMIT_BYTES, type Product, packedBytes, runProducts } from "./product-list";

/** Runs the products in parts, so that the matrices packed at a time stay within the limit. */
export function runInParts(launcher: Launcher, products: readonly Product[]): void {
  let part: Product[] = [];
  let bytes = 0;
  for (const product of products) {
    const more = packedBytes(launcher, product);
    if (part.length > 0 && bytes + more > PACK_LIMIT_BYTES) {
      runProducts(launcher, part);
      part = [];
      bytes = 0;
    }
    part.push(product);
    bytes += more;
  }
  if (part.length > 0) runProducts(launcher, part);
}

/** @param run computes the products; default: the kernels in WebAssembly */
export function groupedGemmKernels(
  launcher: Launcher,
  run: (products: readonly Product[]) => void = (products) => runInParts(launcher, products),
): Pick<Kernels, "groupedGemm" | "groupedGemmWeight"> {
  const contiguous = (address: number, width: number) => ({ address, row: width, column: 1 });
  const transposed = (address: number, width: number) => ({ address, row: 1, column: width });
  return {
    groupedGemm(mode, c, a, b, offsets) {
      const bounds = launcher.integers(offsets);
      const [, rows = 0, columns = 0] = b.shape;
      const [n, k] = mode === "nt" ? [rows, columns] : [columns, rows];
      const address = { a: launcher.address(a), b: launcher.address(b), c: launcher.address(c) };
      const products: Product[] = [];
      for (let group = 0; group + 1 < bounds.length; group++) {
        const first = bounds[group]!;
        const m = bounds[group + 1]! - first;
        if (m === 0 || n === 0) continue;
        const weights = address.b + group * n * k * 4;
        products.push({
          a: contiguous(address.a + first * k * 4, k),
          b: mode === "nt" ? transposed(weights, k) : contiguous(weights, n),
          c: address.c + first * n * 4,
          cRow: n,
          m,
          n,
          k,
          accumulate: false,
        });
      }
      run(products);
    },
    groupedGemmWeight(c, a, b, offsets, groups) {
      const bounds = launcher.integers(offsets);
      const [, m = 0] = a.shape;
      const [, n = 0] = b.shape;
      if (m === 0 || n === 0) return;
      const address = { a: launcher.address(a), b: launcher.address(b), c: launcher.address(c) };
      const list = groups
        ? launcher.integers(groups)
        : Int32Array.from({ length: bounds.length - 1 }, (_, i) => i);
      const products = Array.from(list, (group, i): Product => {
        const first = bounds[group]!;
        return {
          a: transposed(address.a + first * m * 4, m),
          b: contiguous(address.b + first * n * 4, n),
          c: address.c + i * m * n * 4,
          cRow: n,
          m,
          n,
          k: bounds[group + 1]! - first,
          accumulate: false,
        };
      });
      run(products);
    },
  };
}

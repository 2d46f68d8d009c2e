import type { GemmShape } from "../../backend/kernels";
import type { Shortcuts } from "../../backend/shortcuts";
import type { Launcher, OnLauncher } from "../launcher";
import { product } from "../products/product";

export const gemm: OnLauncher["gemm"] = (launcher, c, a, b, shape) =>
  product(launcher, c, a, b, shape, null);

export const linear = (
  launcher: Launcher,
  ...[out, x, weight, bias]: Parameters<Shortcuts["linear"]>
): boolean => {
  const [m = 0, k = 0] = x.shape;
  const [n = 0] = weight.shape;
  const shape: GemmShape = {
    m,
    n,
    k,
    batch0: 1,
    batch1: 1,
    aRow: x.strides[0]!,
    aCol: x.strides[1]!,
    aBatch0: 0,
    aBatch1: 0,
    bRow: weight.strides[1]!,
    bCol: weight.strides[0]!,
    bBatch0: 0,
    bBatch1: 0,
    cRow: n,
    cBatch0: 0,
    cBatch1: 0,
    accumulate: false,
  };
  product(launcher, out, x, weight, shape, bias);
  return true;
};

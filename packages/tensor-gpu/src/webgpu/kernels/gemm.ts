import type { Shortcuts } from "../../backend/shortcuts";
import type { Launcher, OnLauncher } from "../launcher";
import { product } from "../products/product";
import { weightProduct } from "../products/weight-product";

export const gemm: OnLauncher["gemm"] = (launcher, c, a, b, shape) =>
  product(launcher, c, a, b, shape, null);

export const linear = (
  launcher: Launcher,
  ...[out, x, weight, bias]: Parameters<Shortcuts["linear"]>
): boolean => {
  const [m = 0, k = 0] = x.shape;
  const [n = 0] = weight.shape;
  const [aRow = 0, aCol = 0] = x.strides;
  const [bCol = 0, bRow = 0] = weight.strides;
  const shape = { ...weightProduct(m, n, k), aRow, aCol, bRow, bCol };
  product(launcher, out, x, weight, shape, bias);
  return true;
};

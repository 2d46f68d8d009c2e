import type { Kernels } from "../../backend/kernels";
import type { View } from "../../backend/view";
import type { Launcher } from "../launcher";
import { grain } from "./grain";
import { setInts } from "./slots";

const NORM_WORK = 2;
/** Columns of an item of the parameters' gradients. */
const STRIP = 16;

const lastAxis = ({ shape }: View) => shape.at(-1) ?? 1;

type NormKernels = Pick<
  Kernels,
  | "layerNorm"
  | "layerNormGrad"
  | "layerNormParamGrad"
  | "rmsNorm"
  | "rmsNormGrad"
  | "rmsNormParamGrad"
>;

export function normKernels(launcher: Launcher): NormKernels {
  /** Arguments, then n, then eps where there is one; items are rows. */
  const rowwise = (kernel: string, views: (View | null)[], x: View, eps = 0) => {
    if (x.size === 0) return;
    const n = lastAxis(x);
    const { ints, floats } = launcher;
    setInts(ints, 0, views.map(launcher.address));
    ints[views.length] = n;
    floats[views.length + 1] = eps;
    launcher.run(kernel, x.size / n, grain(NORM_WORK * n));
  };
  const columnwise = (
    kernel: string,
    [dweight, dbias]: [View | null, View | null],
    dy: View,
    x: View,
    stats: View,
  ) => {
    const n = lastAxis(x);
    const rows = n === 0 ? 0 : x.size / n;
    const { ints } = launcher;
    setInts(ints, 0, [dweight, dbias, dy, x, stats].map(launcher.address));
    setInts(ints, 5, [rows, n]);
    launcher.run(kernel, Math.ceil(n / STRIP), grain(NORM_WORK * STRIP * rows));
  };
  return {
    layerNorm: (out, stats, x, weight, bias, eps) =>
      rowwise("layerNorm", [out, stats, x, weight, bias], x, eps),
    layerNormGrad: (dx, dy, x, weight, stats) =>
      rowwise("layerNormGrad", [dx, dy, x, weight, stats], x),
    layerNormParamGrad: (dweight, dbias, dy, x, stats) =>
      columnwise("layerNormParamGrad", [dweight, dbias], dy, x, stats),
    rmsNorm: (out, stats, x, weight, eps) => rowwise("rmsNorm", [out, stats, x, weight], x, eps),
    rmsNormGrad: (dx, dy, x, weight, stats) =>
      rowwise("rmsNormGrad", [dx, dy, x, weight, stats], x),
    rmsNormParamGrad: (dweight, dy, x, stats) =>
      columnwise("rmsNormParamGrad", [dweight, null], dy, x, stats),
  };
}

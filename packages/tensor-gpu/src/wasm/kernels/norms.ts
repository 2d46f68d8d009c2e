import type { Kernels } from "../../backend/kernels";
import type { View } from "../../backend/view";
import type { KernelParameters, NormParamGrad } from "../generated/kernels";
import { layers } from "../generated/layers";
import type { Launcher } from "../launcher";
import { grain } from "./grain";

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
  launcher.need(layers);
  /** Items are rows of x. */
  const rowwise = <K extends "layerNorm" | "layerNormGrad" | "rmsNorm" | "rmsNormGrad">(
    kernel: K,
    args: KernelParameters[K],
    x: View,
  ) => {
    if (x.size === 0) return;
    const n = lastAxis(x);
    launcher.run(kernel, args, x.size / n, grain(NORM_WORK * n));
  };
  const columnwise = (
    kernel: "layerNormParamGrad" | "rmsNormParamGrad",
    [dweight, dbias]: [View | null, View | null],
    dy: View,
    x: View,
    stats: View,
  ) => {
    const n = lastAxis(x);
    const rows = n === 0 ? 0 : x.size / n;
    const args: NormParamGrad = [dweight, dbias, dy, x, stats, rows, n];
    launcher.run(kernel, args, Math.ceil(n / STRIP), grain(NORM_WORK * STRIP * rows));
  };
  return {
    layerNorm: (out, stats, x, weight, bias, eps) =>
      rowwise("layerNorm", [out, stats, x, weight, bias, lastAxis(x), eps], x),
    layerNormGrad: (dx, dy, x, weight, stats) =>
      rowwise("layerNormGrad", [dx, dy, x, weight, stats, lastAxis(x)], x),
    layerNormParamGrad: (dweight, dbias, dy, x, stats) =>
      columnwise("layerNormParamGrad", [dweight, dbias], dy, x, stats),
    rmsNorm: (out, stats, x, weight, eps) =>
      rowwise("rmsNorm", [out, stats, x, weight, lastAxis(x), eps], x),
    rmsNormGrad: (dx, dy, x, weight, stats) =>
      rowwise("rmsNormGrad", [dx, dy, x, weight, stats, lastAxis(x)], x),
    rmsNormParamGrad: (dweight, dy, x, stats) =>
      columnwise("rmsNormParamGrad", [dweight, null], dy, x, stats),
  };
}

import type { Kernels } from "../../backend/kernels";
import { type DType, ELEMENT_BYTES, type View } from "../../backend/view";
import { converterTo } from "../../js/convert";
import { Conversion, type Copy, type CopyTransposed } from "../generated/kernels";
import type { Launcher } from "../launcher";
import { grain } from "./grain";
import { bitsOf } from "./names";
import { type Axes, mergeAxes, outerAxes, rowOf } from "./walk";

const BAND = 16;
const TRANSPOSE_MINIMUM = 4;

function conversion(to: DType, from: DType): number {
  if (to === from || (to === "int32" && from === "bool")) return Conversion.none;
  if (to === "float32") return Conversion.intToFloat;
  if (to === "int32") return Conversion.floatToInt;
  return from === "float32" ? Conversion.floatToBool : Conversion.intToBool;
}

/** The same axes in the memory order of `out`, so that neighbouring axes can be merged. */
function orderedAxes(out: View, x: View): Axes {
  const axes = mergeAxes(out.shape, [out.strides, x.strides]);
  const [outStrides, xStrides] = axes.strides as [number[], number[]];
  if (outStrides.every((stride, i) => i === 0 || stride >= outStrides[i - 1]!)) return axes;
  const order = axes.sizes.map((_, i) => i).sort((i, j) => outStrides[j]! - outStrides[i]!);
  const inElements = (strides: number[]) => order.map((i) => strides[i]! / ELEMENT_BYTES);
  return mergeAxes(
    order.map((i) => axes.sizes[i]!),
    [inElements(outStrides), inElements(xStrides)],
  );
}

/** The axis along which `out` is contiguous and the axis along which `x` is, if they form a matrix worth tiling. */
function transposedPair({ sizes, strides: [out, x] }: Axes): [number, number] | undefined {
  const isLong = (i: number) => sizes[i]! >= TRANSPOSE_MINIMUM;
  const columns = sizes.findIndex((_, i) => out![i] === ELEMENT_BYTES && isLong(i));
  const rows = sizes.findIndex((_, i) => x![i] === ELEMENT_BYTES && isLong(i));
  return columns >= 0 && rows >= 0 && columns !== rows ? [columns, rows] : undefined;
}

export function memoryKernels(launcher: Launcher): Pick<Kernels, "fill" | "copy"> {
  const copyTransposed = (out: View, x: View, axes: Axes, columns: number, rows: number) => {
    const { sizes, strides } = axes;
    const bands = Math.ceil(sizes[rows]! / BAND);
    const isOuter = (_: number, i: number) => i !== columns && i !== rows;
    const outer = {
      sizes: sizes.filter(isOuter),
      strides: strides.map((list) => list.filter(isOuter)),
    };
    const [height, width] = [sizes[rows]!, sizes[columns]!];
    const [stepOut, stepX] = [strides[0]![rows]!, strides[1]![columns]!];
    const matrices = outer.sizes.reduce((a, b) => a * b, 1);
    const args: CopyTransposed = [
      ...([out, x, height, width, bands, stepOut, stepX] as const),
      outerAxes(outer, 0),
    ];
    launcher.run("copyTransposed", args, matrices * bands, grain(BAND * width));
  };

  return {
    fill(out, value) {
      const word = out.dtype === "float32" ? bitsOf(value) : converterTo(out.dtype)(value);
      launcher.run("fill", [out, word], out.size, grain(1));
    },
    copy(out, x) {
      if (out.size === 0) return;
      const axes = orderedAxes(out, x);
      const code = conversion(out.dtype, x.dtype);
      const pair =
        code === Conversion.none && axes.sizes.length > 1 ? transposedPair(axes) : undefined;
      if (pair && axes.strides[1]![0] !== ELEMENT_BYTES)
        return copyTransposed(out, x, axes, ...pair);
      const [n, stepOut = 0, stepX = 0] = rowOf(axes);
      const args: Copy = [out, x, code, n, stepOut, stepX, outerAxes(axes, 1)];
      launcher.run("copy", args, out.size, grain(1));
    },
  };
}

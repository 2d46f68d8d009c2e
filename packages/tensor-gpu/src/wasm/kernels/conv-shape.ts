import type { ConvShape } from "../../backend/kernels";
import { setInts } from "./slots";

/** Writes the shape to the slots where `assembly/windows.as` looks for it. */
export function setConvShape(ints: Int32Array, shape: ConvShape): void {
  setInts(ints, 16, [
    shape.height,
    shape.width,
    shape.kernelHeight,
    shape.kernelWidth,
    shape.outHeight,
    shape.outWidth,
    shape.strideY,
    shape.strideX,
    shape.padY,
    shape.padX,
    shape.dilationY,
    shape.dilationX,
  ]);
}

import type { Kernels } from "../../backend/kernels";
import { ELEMENT_BYTES, type View } from "../../backend/view";
import type { Launcher } from "../launcher";
import { grain } from "./grain";
import { setInts } from "./slots";

const COST = 4;

/** Row stride in bytes of a matrix, or of a vector taken as one row. */
const rowBytes = ({ shape, strides }: View) =>
  shape.length > 1 ? strides[shape.length - 2]! * ELEMENT_BYTES : 0;

export function swigluKernels(launcher: Launcher): Pick<Kernels, "swiglu" | "swigluGrad"> {
  return {
    swiglu(out, gate, up) {
      if (out.size === 0) return;
      const n = out.shape.at(-1) ?? 1;
      const { ints } = launcher;
      setInts(ints, 0, [out, gate, up].map(launcher.address));
      setInts(ints, 3, [n, rowBytes(gate), rowBytes(up)]);
      launcher.run("swiglu", out.size / n, grain(COST * n));
    },
    swigluGrad(dgate, dup, dy, gate, up) {
      if (dy.size === 0) return;
      const n = dy.shape.at(-1) ?? 1;
      const { ints } = launcher;
      setInts(ints, 0, [dgate, dup, dy, gate, up].map(launcher.address));
      setInts(ints, 5, [n, rowBytes(dgate), rowBytes(dup), rowBytes(gate), rowBytes(up)]);
      launcher.run("swigluGrad", dy.size / n, grain(COST * n));
    },
  };
}

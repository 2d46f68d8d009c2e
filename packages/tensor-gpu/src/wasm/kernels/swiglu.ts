import type { Kernels } from "../../backend/kernels";
import { ELEMENT_BYTES, type View } from "../../backend/view";
import type { Swiglu, SwigluGrad } from "../generated/kernels";
import { more } from "../generated/more";
import type { Launcher } from "../launcher";
import { grain } from "./grain";

const COST = 4;

/** Row stride in bytes of a matrix, or of a vector taken as one row. */
const rowBytes = ({ shape, strides }: View) =>
  shape.length > 1 ? strides[shape.length - 2]! * ELEMENT_BYTES : 0;

export function swigluKernels(launcher: Launcher): Pick<Kernels, "swiglu" | "swigluGrad"> {
  launcher.need(more);
  return {
    swiglu(out, gate, up) {
      if (out.size === 0) return;
      const n = out.shape.at(-1) ?? 1;
      const args: Swiglu = [out, gate, up, n, rowBytes(gate), rowBytes(up)];
      launcher.run("swiglu", args, out.size / n, grain(COST * n));
    },
    swigluGrad(dgate, dup, dy, gate, up) {
      if (dy.size === 0) return;
      const n = dy.shape.at(-1) ?? 1;
      const args: SwigluGrad = [
        ...([dgate, dup, dy, gate, up, n] as const),
        ...([rowBytes(dgate), rowBytes(dup), rowBytes(gate), rowBytes(up)] as const),
      ];
      launcher.run("swigluGrad", args, dy.size / n, grain(COST * n));
    },
  };
}

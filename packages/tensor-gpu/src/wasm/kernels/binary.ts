import type { Kernels } from "../../backend/kernels";
import type { View } from "../../backend/view";
import type { KernelParameters } from "../generated/kernels";
import type { Launcher } from "../launcher";
import { grain } from "./grain";
import { capital } from "./names";
import { mergeAxes, outerAxes, rowOf } from "./walk";

/** Cost of a power or a remainder, in simple operations. */
const COST = 16;

type BinaryKernels = Pick<Kernels, "arithmetic" | "compare" | "where" | "addScaled">;
type BinaryKernel = keyof KernelParameters & `binary${string}`;

export function binaryKernels(launcher: Launcher): BinaryKernels {
  const binary = (kernel: BinaryKernel, work: number, out: View, a: View, b: View) => {
    if (out.size === 0) return;
    const axes = mergeAxes(out.shape, [a.strides, b.strides]);
    const [n, stepA = 0, stepB = 0] = rowOf(axes);
    launcher.run(kernel, [out, a, b, n, stepA, stepB, outerAxes(axes, 1)], out.size, grain(work));
  };

  return {
    arithmetic(op, out, a, b) {
      const type = out.dtype === "float32" ? "" : "Int";
      const work = op === "pow" || op === "remainder" ? COST : 1;
      binary(`binary${capital(op)}${type}`, work, out, a, b);
    },
    compare(op, out, a, b) {
      const type = a.dtype === "float32" ? "" : "Int";
      if (op === "gt") binary(`binaryLt${type}`, 1, out, b, a);
      else if (op === "ge") binary(`binaryLe${type}`, 1, out, b, a);
      else binary(`binary${capital(op)}${type}`, 1, out, a, b);
    },
    where(out, condition, a, b) {
      if (out.size === 0) return;
      const axes = mergeAxes(out.shape, [condition.strides, a.strides, b.strides]);
      const [n, stepCondition = 0, stepA = 0, stepB = 0] = rowOf(axes);
      const shift = condition.dtype === "float32" ? 1 : 0;
      launcher.run(
        "where",
        [out, condition, a, b, shift, n, stepCondition, stepA, stepB, outerAxes(axes, 1)],
        out.size,
        grain(1),
      );
    },
    addScaled: (out, x, scale) => launcher.run("addScaled", [out, x, scale], out.size, grain(1)),
  };
}

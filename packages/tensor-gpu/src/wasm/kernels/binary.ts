import type { Kernels } from "../../backend/kernels";
import type { View } from "../../backend/view";
import type { Launcher } from "../launcher";
import { grain } from "./grain";
import { capital } from "./names";
import { setInts } from "./slots";
import { mergeAxes, setWalk } from "./walk";

const SHIFT_SLOT = 40;
/** How many simple operations a power or a remainder is worth. */
const COST = 16;

type BinaryKernels = Pick<Kernels, "arithmetic" | "compare" | "where" | "addScaled">;

export function binaryKernels(launcher: Launcher): BinaryKernels {
  const binary = (kernel: string, work: number, out: View, a: View, b: View) => {
    if (out.size === 0) return;
    const { ints } = launcher;
    setInts(ints, 0, [launcher.address(out), launcher.address(a), launcher.address(b)]);
    setWalk(ints, mergeAxes(out.shape, [a.strides, b.strides]));
    launcher.run(kernel, out.size, grain(work));
  };

  return {
    arithmetic(op, out, a, b) {
      const name = `binary${capital(op)}${out.dtype === "float32" ? "" : "Int"}`;
      binary(name, op === "pow" || op === "remainder" ? COST : 1, out, a, b);
    },
    compare(op, out, a, b) {
      const type = a.dtype === "float32" ? "" : "Int";
      if (op === "gt") binary(`binaryLt${type}`, 1, out, b, a);
      else if (op === "ge") binary(`binaryLe${type}`, 1, out, b, a);
      else binary(`binary${capital(op)}${type}`, 1, out, a, b);
    },
    where(out, condition, a, b) {
      if (out.size === 0) return;
      const { ints } = launcher;
      setInts(ints, 0, [out, condition, a, b].map(launcher.address));
      setWalk(ints, mergeAxes(out.shape, [condition.strides, a.strides, b.strides]));
      ints[SHIFT_SLOT] = condition.dtype === "float32" ? 1 : 0;
      launcher.run("where", out.size, grain(1));
    },
    addScaled(out, x, scale) {
      const { ints, floats } = launcher;
      setInts(ints, 0, [launcher.address(out), launcher.address(x)]);
      floats[2] = scale;
      launcher.run("addScaled", out.size, grain(1));
    },
  };
}

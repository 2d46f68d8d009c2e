import type { Kernels } from "../../backend/kernels";
import type { Launcher } from "../launcher";
import { grain } from "./grain";
import { setInts } from "./slots";

const EXP_WORK = 4;

export function crossEntropyKernels(
  launcher: Launcher,
): Pick<Kernels, "crossEntropy" | "crossEntropyGrad"> {
  return {
    crossEntropy(losses, lse, logits, targets, ignoreIndex, smoothing) {
      const n = logits.shape.at(-1) ?? 1;
      const { ints, floats } = launcher;
      setInts(ints, 0, [losses, lse, logits, targets].map(launcher.address));
      setInts(ints, 4, [n, ignoreIndex]);
      floats[6] = smoothing;
      launcher.run("crossEntropy", targets.size, grain(EXP_WORK * n));
    },
    crossEntropyGrad(dlogits, logits, lse, targets, scale, ignoreIndex, smoothing) {
      const n = logits.shape.at(-1) ?? 1;
      const { ints, floats } = launcher;
      setInts(ints, 0, [dlogits, logits, lse, targets, scale].map(launcher.address));
      setInts(ints, 5, [n, ignoreIndex]);
      floats[7] = smoothing;
      launcher.run("crossEntropyGrad", targets.size, grain(EXP_WORK * n));
    },
  };
}

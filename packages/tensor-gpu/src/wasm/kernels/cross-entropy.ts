import type { Kernels } from "../../backend/kernels";
import type { CrossEntropy, CrossEntropyGrad } from "../generated/kernels";
import { more } from "../generated/more";
import type { Launcher } from "../launcher";
import { grain } from "./grain";

const EXP_WORK = 4;

export function crossEntropyKernels(
  launcher: Launcher,
): Pick<Kernels, "crossEntropy" | "crossEntropyGrad"> {
  launcher.need(more);
  return {
    crossEntropy(losses, lse, logits, targets, ignoreIndex, smoothing) {
      const n = logits.shape.at(-1) ?? 1;
      const args: CrossEntropy = [losses, lse, logits, targets, n, ignoreIndex, smoothing];
      launcher.run("crossEntropy", args, targets.size, grain(EXP_WORK * n));
    },
    crossEntropyGrad(dlogits, logits, lse, targets, scale, ignoreIndex, smoothing) {
      const n = logits.shape.at(-1) ?? 1;
      const args: CrossEntropyGrad = [
        dlogits,
        logits,
        lse,
        targets,
        scale,
        n,
        ignoreIndex,
        smoothing,
      ];
      launcher.run("crossEntropyGrad", args, targets.size, grain(EXP_WORK * n));
    },
  };
}

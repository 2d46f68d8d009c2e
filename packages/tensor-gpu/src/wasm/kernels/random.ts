import type { Kernels } from "../../backend/kernels";
import { ElementType } from "../generated/kernels";
import type { Launcher } from "../launcher";
import { grain } from "./grain";
import { bitsOf } from "./names";

const WORK = 4;
/** Replays would draw the same numbers again. */
const ONCE = { isReplayable: false };

/** A word's upper 24 bits, as a number in [0, 1), are below p exactly when they are below this integer. */
const thresholdOf = (p: number) => Math.ceil(Math.min(Math.max(p, 0), 1) * 2 ** 24);

export function randomKernels({ run }: Launcher): Pick<Kernels, "random" | "dropout"> {
  return {
    random(kind, out, seed, offset, a, b) {
      const type = ElementType[out.dtype as keyof typeof ElementType];
      if (kind === "uniform") {
        run("randomUniform", [out, seed, offset, a, b - a, type], out.size, grain(WORK), ONCE);
      } else if (kind === "normal") {
        run("randomNormal", [out, seed, offset, a, b, type], out.size, grain(WORK * WORK), ONCE);
      } else {
        const one = out.dtype === "float32" ? bitsOf(1) : 1;
        run(
          "randomBernoulli",
          [out, seed, offset, thresholdOf(a), one],
          out.size,
          grain(WORK),
          ONCE,
        );
      }
    },
    dropout(out, x, p, seed, offset) {
      const scale = 1 / (1 - p);
      run("dropout", [out, seed, offset, x, thresholdOf(p), scale], out.size, grain(WORK), ONCE);
    },
  };
}

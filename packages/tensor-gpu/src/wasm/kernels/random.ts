import type { Kernels } from "../../backend/kernels";
import type { DType } from "../../backend/view";
import type { Launcher } from "../launcher";
import { grain } from "./grain";
import { setDouble, setInts, setWide } from "./slots";

const SEED_SLOT = 2;
const OFFSET_SLOT = 4;
const TYPE_SLOT = 10;
const WORK = 4;
/** Replays would draw the same numbers again. */
const ONCE = { isReplayable: false };
const TYPES: Record<DType, number> = { float32: 0, int32: 1, bool: 2 };

/** A word's upper 24 bits, taken as a number in [0, 1), are under p exactly when they are under this integer. */
const thresholdOf = (p: number) => Math.ceil(Math.min(Math.max(p, 0), 1) * 2 ** 24);

export function randomKernels(launcher: Launcher): Pick<Kernels, "random" | "dropout"> {
  return {
    random(kind, out, seed, offset, a, b) {
      const { ints, floats } = launcher;
      ints[0] = launcher.address(out);
      setWide(ints, SEED_SLOT, seed);
      setWide(ints, OFFSET_SLOT, offset);
      ints[TYPE_SLOT] = TYPES[out.dtype];
      if (kind === "uniform") {
        setDouble(ints, 6, a);
        setDouble(ints, 8, b - a);
        launcher.run("randomUniform", out.size, grain(WORK), ONCE);
      } else if (kind === "normal") {
        floats[6] = a;
        floats[7] = b;
        launcher.run("randomNormal", out.size, grain(WORK * WORK), ONCE);
      } else {
        ints[6] = thresholdOf(a);
        if (out.dtype === "float32") floats[7] = 1;
        else ints[7] = 1;
        launcher.run("randomBernoulli", out.size, grain(WORK), ONCE);
      }
    },
    dropout(out, x, p, seed, offset) {
      const { ints, floats } = launcher;
      setInts(ints, 0, [launcher.address(out), launcher.address(x)]);
      setWide(ints, SEED_SLOT, seed);
      setWide(ints, OFFSET_SLOT, offset);
      ints[6] = thresholdOf(p);
      floats[7] = 1 / (1 - p);
      launcher.run("dropout", out.size, grain(WORK), ONCE);
    },
  };
}

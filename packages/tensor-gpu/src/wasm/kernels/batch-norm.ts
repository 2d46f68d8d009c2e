import type { Shortcuts } from "../../backend/shortcuts";
import type { View } from "../../backend/view";
import type { Launcher } from "../launcher";
import { grain } from "./grain";
import { setInts } from "./slots";

// Slots as in assembly/batch-norm.as.
const SIZES_SLOT = 7;
const EPS_SLOT = 10;
/** Simple operations an element. */
const WORK = { forward: 4, backward: 5 };

/** Batch normalisation in three passes over a channel, which stays in the cache meanwhile. */
export function batchNormShortcuts(
  launcher: Launcher,
): Pick<Shortcuts, "batchNorm" | "batchNormGrad"> {
  const run = (kernel: string, views: (View | null)[], x: View, eps: number, work: number) => {
    if (x.size === 0) return false;
    const [batch = 1, channels = 1] = x.shape;
    const { ints } = launcher;
    setInts(ints, 0, views.map(launcher.address));
    setInts(ints, SIZES_SLOT, [batch, channels, x.size / (batch * channels)]);
    launcher.floats[EPS_SLOT] = eps;
    launcher.run(kernel, channels, grain((work * x.size) / channels));
    return true;
  };
  return {
    batchNorm: (out, stats, x, weight, bias, eps) =>
      run("batchNorm", [out, x, weight, bias, stats, null, null], x, eps, WORK.forward),
    batchNormGrad: (dx, dweight, dbias, dy, x, weight, stats, eps) =>
      run("batchNormGrad", [dx, x, weight, dweight, stats, dy, dbias], x, eps, WORK.backward),
  };
}

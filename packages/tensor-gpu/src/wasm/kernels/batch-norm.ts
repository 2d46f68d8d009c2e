import type { Shortcuts } from "../../backend/shortcuts";
import type { View } from "../../backend/view";
import type { BatchNorm, BatchNormGrad } from "../generated/kernels";
import { layers } from "../generated/layers";
import type { Launcher } from "../launcher";
import { grain } from "./grain";

/** Simple operations per element. */
const WORK = { forward: 4, backward: 5 };

/** Batch, channels and the area of a plane. */
function sizesOf({ shape, size }: View): [number, number, number] {
  const [batch = 1, channels = 1] = shape;
  return [batch, channels, size / (batch * channels)];
}

/** Batch normalisation in three passes over a channel, which stays in the cache. */
export function batchNormShortcuts(
  launcher: Launcher,
): Pick<Shortcuts, "batchNorm" | "batchNormGrad"> {
  launcher.need(layers);
  return {
    batchNorm(out, stats, x, weight, bias, eps) {
      if (x.size === 0) return false;
      const sizes = sizesOf(x);
      const [, channels] = sizes;
      const args: BatchNorm = [out, x, weight, bias, stats, ...sizes, eps];
      launcher.run("batchNorm", args, channels, grain((WORK.forward * x.size) / channels));
      return true;
    },
    batchNormGrad(dx, dweight, dbias, dy, x, weight, stats, eps) {
      if (x.size === 0) return false;
      const sizes = sizesOf(x);
      const [, channels] = sizes;
      const args: BatchNormGrad = [dx, dweight, dbias, dy, x, weight, stats, ...sizes, eps];
      launcher.run("batchNormGrad", args, channels, grain((WORK.backward * x.size) / channels));
      return true;
    },
  };
}

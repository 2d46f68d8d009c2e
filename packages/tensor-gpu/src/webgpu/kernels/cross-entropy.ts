import { lastAxis } from "../../js/strides";
import type { OnLauncher } from "../launcher";
import { eachColumn, launchRows } from "../rows";
import { launchPlaces } from "./each-place";
import { SHIFTED_SUM } from "./softmax";

const SMOOTH = `var all = 0.0;
  ${eachColumn("all += x_at(at) - top;")}
  let excess = (1.0 - a.smoothing) * own + a.smoothing * groupSum(all, lane) / f32(a.width);`;

export const crossEntropyKernels = {
  crossEntropy(launcher, losses, lse, logits, targets, ignoreIndex, smoothing) {
    const isSmooth = smoothing !== 0;
    launchRows(launcher, {
      key: `crossEntropy:${isSmooth}`,
      rows: losses.size,
      width: lastAxis(logits),
      outs: { losses, lse },
      inputs: { x: logits, targets },
      numbers: { ignored: ignoreIndex },
      floats: isSmooth ? { smoothing } : {},
      // Without smoothing the mean is left out: a logit of −∞ must not turn the loss into NaN.
      body: `${SHIFTED_SUM}
  let logSum = select(0.0, logOf(sum), isFinite(top));
  let aim = targets_bits(row);
  let own = x_at(first + select(aim, 0u, aim == a.ignored)) - top;
  ${isSmooth ? SMOOTH : "let excess = own;"}
  if (lane == 0u) {
    lse_put(row, top + logSum);
    losses_put(row, select(logSum - excess, 0.0, aim == a.ignored));
  }`,
      flop: 12,
    });
  },

  crossEntropyGrad(launcher, dlogits, logits, lse, targets, scale, ignoreIndex, smoothing) {
    const width = lastAxis(logits);
    launchPlaces(launcher, {
      key: "crossEntropyGrad",
      n: dlogits.size,
      outs: { dlogits },
      inputs: { logits, lse, targets, scale },
      numbers: { width, ignored: ignoreIndex },
      floats: { one: 1 - smoothing, even: smoothing / width },
      body: `let row = i / a.width;
  let aim = targets_bits(row);
  let wanted = select(0.0, a.one, i % a.width == aim) + a.even;
  let value = scale_at(row) * (expOf(logits_at(i) - lse_at(row)) - wanted);
  dlogits_put(i, select(value, 0.0, aim == a.ignored));`,
      flop: 12,
    });
  },
} satisfies Partial<OnLauncher>;

import { lastAxis } from "../../js/strides";
import { streamed } from "../elementwise";
import { elementGroups, type OnLauncher, perElement } from "../launcher";
import { eachColumn, launchRows } from "../rows";
import { SHIFTED_SUM } from "./softmax";

export const crossEntropy: OnLauncher["crossEntropy"] = (
  launcher,
  losses,
  lse,
  logits,
  targets,
  ignoreIndex,
  smoothing,
) => {
  const isSmooth = smoothing !== 0;
  // Without smoothing the mean is left out: a logit of −∞ must not turn the loss into NaN.
  const mean = `var all = 0.0;
  ${eachColumn("all += x_at(at) - top;")}
  let excess = (1.0 - a.smoothing) * own + a.smoothing * groupSum(all, lane) / f32(a.width);`;
  launchRows(launcher, {
    key: `crossEntropy:${isSmooth}`,
    rows: losses.size,
    width: lastAxis(logits),
    outs: { losses, lse },
    inputs: { x: logits, targets },
    numbers: { ignored: ignoreIndex },
    floats: isSmooth ? { smoothing } : {},
    body: `${SHIFTED_SUM}
  let logSum = select(0.0, logOf(sum), isFinite(top));
  let aim = targets_bits(row);
  let own = x_at(first + select(aim, 0u, aim == a.ignored)) - top;
  ${isSmooth ? mean : "let excess = own;"}
  if (lane == 0u) {
    lse_put(row, top + logSum);
    losses_put(row, select(logSum - excess, 0.0, aim == a.ignored));
  }`,
    flop: 12,
  });
};

export const crossEntropyGrad: OnLauncher["crossEntropyGrad"] = (
  launcher,
  dlogits,
  logits,
  lse,
  targets,
  scale,
  ignoreIndex,
  smoothing,
) => {
  if (dlogits.size === 0) return;
  const width = lastAxis(logits);
  launcher.launch({
    key: "crossEntropyGrad",
    views: { dlogits, logits, lse, targets, scale },
    writes: ["dlogits"],
    numbers: { n: dlogits.size, width, ignored: ignoreIndex },
    floats: { one: 1 - smoothing, even: smoothing / width },
    body: () =>
      perElement(`let row = i / a.width;
  let aim = targets_bits(row);
  let wanted = select(0.0, a.one, i % a.width == aim) + a.even;
  let value = scale_at(row) * (expOf(logits_at(i) - lse_at(row)) - wanted);
  dlogits_put(i, select(value, 0.0, aim == a.ignored));`),
    groups: elementGroups(dlogits.size),
    work: streamed([logits, lse, targets, scale], [dlogits], 12 * dlogits.size),
  });
};

import type { OnLauncher } from "../launcher";
import { eachColumn, launchRows } from "../rows";

/** Sets `top`, the row's largest number, and `sum`, that of exp(x − top); NaN where the largest is not finite. */
export const SHIFTED_SUM = `var most = -infinityOf();
  ${eachColumn("most = maxOf(most, x_at(at));")}
  let top = groupMax(most, lane);
  let level = select(nanOf(), top, isFinite(top));
  var part = 0.0;
  ${eachColumn("part += expOf(x_at(at) - level);")}
  let sum = groupSum(part, lane);`;

export const softmaxKernels = {
  softmax(launcher, out, x, rows, width) {
    const body = `${SHIFTED_SUM}\n  ${eachColumn("out_put(at, expOf(x_at(at) - level) / sum);")}`;
    launchRows(launcher, {
      key: "softmax",
      rows,
      width,
      outs: { out },
      inputs: { x },
      body,
      flop: 20,
    });
  },

  /** dx = y · (dy − Σ dy·y) */
  softmaxGrad(launcher, dx, dy, y, rows, width) {
    const body = `var part = 0.0;
  ${eachColumn("part += dy_at(at) * y_at(at);")}
  let dot = groupSum(part, lane);
  ${eachColumn("dx_put(at, y_at(at) * (dy_at(at) - dot));")}`;
    const inputs = { dy, y };
    launchRows(launcher, { key: "softmaxGrad", rows, width, outs: { dx }, inputs, body, flop: 4 });
  },
} satisfies Partial<OnLauncher>;

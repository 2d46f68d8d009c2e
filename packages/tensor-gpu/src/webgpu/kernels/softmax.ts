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

export const softmax: OnLauncher["softmax"] = (launcher, out, x, rows, n) => {
  launchRows(launcher, {
    key: "softmax",
    rows,
    width: n,
    outs: { out },
    inputs: { x },
    body: `${SHIFTED_SUM}\n  ${eachColumn("out_put(at, expOf(x_at(at) - level) / sum);")}`,
    flop: 20,
  });
};

/** dx = y · (dy − Σ dy·y) */
export const softmaxGrad: OnLauncher["softmaxGrad"] = (launcher, dx, dy, y, rows, n) => {
  launchRows(launcher, {
    key: "softmaxGrad",
    rows,
    width: n,
    outs: { dx },
    inputs: { dy, y },
    body: `var part = 0.0;
  ${eachColumn("part += dy_at(at) * y_at(at);")}
  let dot = groupSum(part, lane);
  ${eachColumn("dx_put(at, y_at(at) * (dy_at(at) - dot));")}`,
    flop: 4,
  });
};

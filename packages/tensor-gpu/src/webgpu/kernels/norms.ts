import type { View } from "../../backend/view";
import { lastAxis, leadingSize } from "../../js/strides";
import { streamed } from "../elementwise";
import { elementGroups, type Launcher, type OnLauncher, perElement } from "../launcher";
import { eachColumn, launchRows } from "../rows";
import { partsOf, reduce } from "./reduce";

const given = (views: Readonly<Record<string, View | null>>): Record<string, View> =>
  Object.fromEntries(Object.entries(views).filter(([, view]) => view)) as Record<string, View>;

/** @see Ba et al. 2016, "Layer normalization", equations 3 and 4; the variance is divided by n */
export const layerNorm: OnLauncher["layerNorm"] = (launcher, out, stats, x, weight, bias, eps) => {
  const scaled = `(x_at(at) - mean) * inverse${weight ? " * weight_at(j)" : ""}${bias ? " + bias_at(j)" : ""}`;
  launchRows(launcher, {
    key: `layerNorm:${weight !== null}:${bias !== null}`,
    rows: leadingSize(x),
    width: lastAxis(x),
    outs: { out, stats },
    inputs: { x, ...given({ weight, bias }) },
    floats: { eps },
    body: `var part = 0.0;
  ${eachColumn("part += x_at(at);")}
  let mean = groupSum(part, lane) / f32(a.width);
  var squares = 0.0;
  ${eachColumn("let off = x_at(at) - mean; squares += off * off;")}
  let inverse = 1.0 / sqrt(groupSum(squares, lane) / f32(a.width) + a.eps);
  if (lane == 0u) { stats_put(2u * row, mean); stats_put(2u * row + 1u, inverse); }
  ${eachColumn(`out_put(at, ${scaled});`)}`,
    flop: 7,
  });
};

/** With x̂ = (x − mean)/deviation and g = dy·weight: dx = (g − mean(g) − x̂·mean(g·x̂))/deviation. */
export const layerNormGrad: OnLauncher["layerNormGrad"] = (launcher, dx, dy, x, weight, stats) => {
  const values = `let g = dy_at(at)${weight ? " * weight_at(j)" : ""}; let normal = (x_at(at) - mean) * inverse;`;
  launchRows(launcher, {
    key: `layerNormGrad:${weight !== null}`,
    rows: leadingSize(x),
    width: lastAxis(x),
    outs: { dx },
    inputs: { dy, x, stats, ...given({ weight }) },
    body: `let mean = stats_at(2u * row);
  let inverse = stats_at(2u * row + 1u);
  var part = 0.0; var product = 0.0;
  ${eachColumn(`${values} part += g; product += g * normal;`)}
  let level = groupSum(part, lane) / f32(a.width);
  let slope = groupSum(product, lane) / f32(a.width);
  ${eachColumn(`${values} dx_put(at, (g - level - normal * slope) * inverse);`)}`,
    flop: 12,
  });
};

/** @see Zhang & Sennrich 2019, "Root mean square layer normalization", equation 4 */
export const rmsNorm: OnLauncher["rmsNorm"] = (launcher, out, stats, x, weight, eps) => {
  launchRows(launcher, {
    key: `rmsNorm:${weight !== null}`,
    rows: leadingSize(x),
    width: lastAxis(x),
    outs: { out, stats },
    inputs: { x, ...given({ weight }) },
    floats: { eps },
    body: `var part = 0.0;
  ${eachColumn("part += x_at(at) * x_at(at);")}
  let inverse = 1.0 / sqrt(groupSum(part, lane) / f32(a.width) + a.eps);
  if (lane == 0u) { stats_put(row, inverse); }
  ${eachColumn(`out_put(at, x_at(at) * inverse${weight ? " * weight_at(j)" : ""});`)}`,
    flop: 4,
  });
};

/** With x̂ = x/rms and g = dy·weight: dx = (g − x̂·mean(g·x̂))/rms. */
export const rmsNormGrad: OnLauncher["rmsNormGrad"] = (launcher, dx, dy, x, weight, stats) => {
  const values = `let g = dy_at(at)${weight ? " * weight_at(j)" : ""}; let normal = x_at(at) * inverse;`;
  launchRows(launcher, {
    key: `rmsNormGrad:${weight !== null}`,
    rows: leadingSize(x),
    width: lastAxis(x),
    outs: { dx },
    inputs: { dy, x, stats, ...given({ weight }) },
    body: `let inverse = stats_at(row);
  var part = 0.0;
  ${eachColumn(`${values} part += g * normal;`)}
  let slope = groupSum(part, lane) / f32(a.width);
  ${eachColumn(`${values} dx_put(at, (g - normal * slope) * inverse);`)}`,
    flop: 8,
  });
};

/** Sums over rows of what `terms` sets for row `row` and place `at`: one thread per column and part of the rows. */
function columnSums(
  launcher: Launcher,
  key: string,
  outs: Readonly<Record<string, View>>,
  inputs: Readonly<Record<string, View>>,
  x: View,
  terms: string,
): void {
  const [rows, width, names] = [leadingSize(x), lastAxis(x), Object.keys(outs)];
  if (width === 0) return;
  const parts = partsOf(rows, width);
  const launch = (targets: Readonly<Record<string, View>>) =>
    launcher.launch({
      key: `${key}:${names}`,
      views: { ...targets, ...inputs },
      writes: names,
      numbers: { n: parts * width, width, rows, share: Math.ceil(rows / parts) },
      body: () =>
        perElement(`let first = i / a.width * a.share;
  ${names.map((name) => `var ${name} = 0.0;`).join(" ")}
  for (var row = first; row < min(a.rows, first + a.share); row++) {
    let at = row * a.width + i % a.width;
    ${terms}
  }
  ${names.map((name) => `${name}_put(i, ${name});`).join(" ")}`),
      groups: elementGroups(parts * width),
      work: streamed(Object.values(inputs), Object.values(targets), 4 * x.size),
    });
  if (parts === 1) {
    launch(outs);
    return;
  }
  const each = parts * width;
  launcher.scratch(each * names.length, (room) => {
    const part = (i: number): View => ({ ...room, offset: i * each, shape: [each], size: each });
    launch(Object.fromEntries(names.map((name, i) => [name, part(i)])));
    for (const [i, name] of names.entries())
      reduce(launcher, "sum", outs[name]!, part(i), 1, parts, width);
  });
}

export const layerNormParamGrad: OnLauncher["layerNormParamGrad"] = (
  launcher,
  dweight,
  dbias,
  dy,
  x,
  stats,
) => {
  const outs = given({ dweight, dbias });
  if (Object.keys(outs).length === 0) return;
  const terms = `let g = dy_at(at);
    ${dweight ? "dweight += g * (x_at(at) - stats_at(2u * row)) * stats_at(2u * row + 1u);" : ""}
    ${dbias ? "dbias += g;" : ""}`;
  columnSums(launcher, "layerNormParamGrad", outs, { dy, x, stats }, x, terms);
};

export const rmsNormParamGrad: OnLauncher["rmsNormParamGrad"] = (
  launcher,
  dweight,
  dy,
  x,
  stats,
) => {
  const terms = "dweight += dy_at(at) * x_at(at) * stats_at(row);";
  columnSums(launcher, "rmsNormParamGrad", { dweight }, { dy, x, stats }, x, terms);
};

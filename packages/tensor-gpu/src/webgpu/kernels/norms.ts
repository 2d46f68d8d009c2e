/** @file Norms of rows: a layer norm is centred about the row's mean, an RMS norm is the same about 0. */
import type { View } from "../../backend/view";
import { lastAxis, leadingSize } from "../../js/strides";
import type { OnLauncher } from "../launcher";
import { eachColumn, launchRows } from "../rows";
import { launchPlaces } from "./each-place";
import { partsOf, reduce } from "./reduce";

const given = (views: Readonly<Record<string, View | null>>): Record<string, View> =>
  Object.fromEntries(Object.entries(views).filter(([, view]) => view)) as Record<string, View>;

const nameOf = (isCentred: boolean) => (isCentred ? "layerNorm" : "rmsNorm");

/** An element without its row's mean. */
const offText = (isCentred: boolean) => (isCentred ? "(x_at(at) - mean)" : "x_at(at)");

/** Sets `inverse`, and `mean` where there is one, as the norm of row `row` stored them. */
const statsText = (isCentred: boolean) =>
  isCentred
    ? "let mean = stats_at(2u * row); let inverse = stats_at(2u * row + 1u);"
    : "let inverse = stats_at(row);";

const MEAN = `var part = 0.0;
  ${eachColumn("part += x_at(at);")}
  let mean = groupSum(part, lane) / f32(a.width);`;

type Norm<Name extends keyof OnLauncher> = (isCentred: boolean) => OnLauncher[Name];

const norm: Norm<"layerNorm"> = (isCentred) => (launcher, out, stats, x, weight, bias, eps) => {
  const off = offText(isCentred);
  const scaled = `${off} * inverse${weight ? " * weight_at(j)" : ""}${bias ? " + bias_at(j)" : ""}`;
  const store = isCentred
    ? "stats_put(2u * row, mean); stats_put(2u * row + 1u, inverse);"
    : "stats_put(row, inverse);";
  launchRows(launcher, {
    key: `${nameOf(isCentred)}:${weight !== null}:${bias !== null}`,
    rows: leadingSize(x),
    width: lastAxis(x),
    outs: { out, stats },
    inputs: { x, ...given({ weight, bias }) },
    floats: { eps },
    body: `${isCentred ? MEAN : ""}
  var squares = 0.0;
  ${eachColumn(`let off = ${off}; squares += off * off;`)}
  let inverse = 1.0 / sqrt(groupSum(squares, lane) / f32(a.width) + a.eps);
  if (lane == 0u) { ${store} }
  ${eachColumn(`out_put(at, ${scaled});`)}`,
    flop: isCentred ? 7 : 4,
  });
};

/** With x̂ = (x − mean)/deviation and g = dy·weight: dx = (g − mean(g) − x̂·mean(g·x̂))/deviation, or without mean(g). */
const normGrad: Norm<"layerNormGrad"> = (isCentred) => (launcher, dx, dy, x, weight, stats) => {
  const values = `let g = dy_at(at)${weight ? " * weight_at(j)" : ""};
    let normal = ${offText(isCentred)} * inverse;`;
  launchRows(launcher, {
    key: `${nameOf(isCentred)}Grad:${weight !== null}`,
    rows: leadingSize(x),
    width: lastAxis(x),
    outs: { dx },
    inputs: { dy, x, stats, ...given({ weight }) },
    body: `${statsText(isCentred)}
  var level = 0.0; var slope = 0.0;
  ${eachColumn(`${values} level += g; slope += g * normal;`)}
  level = ${isCentred ? "groupSum(level, lane) / f32(a.width)" : "0.0"};
  slope = groupSum(slope, lane) / f32(a.width);
  ${eachColumn(`${values} dx_put(at, (g - level - normal * slope) * inverse);`)}`,
    flop: isCentred ? 12 : 8,
  });
};

/** Sums over rows of dy·x̂ and dy: one thread per column and part of the rows. */
const paramGrad: Norm<"layerNormParamGrad"> =
  (isCentred) =>
  (launcher, ...operands) => {
    const [dweight, dbias, dy, x, stats] = operands;
    const outs = given({ dweight, dbias });
    const [rows, width, names] = [leadingSize(x), lastAxis(x), Object.keys(outs)];
    if (width === 0 || names.length === 0) return;
    const parts = partsOf(rows, width);
    const each = parts * width;
    const launch = (targets: Readonly<Record<string, View>>) =>
      launchPlaces(launcher, {
        key: `${nameOf(isCentred)}ParamGrad:${names}`,
        n: each,
        outs: targets,
        inputs: { dy, x, stats },
        numbers: { width, rows, share: Math.ceil(rows / parts) },
        body: `let first = i / a.width * a.share;
  var weights = 0.0; var biases = 0.0;
  for (var row = first; row < min(a.rows, first + a.share); row++) {
    let at = row * a.width + i % a.width;
    ${statsText(isCentred)}
    weights += dy_at(at) * ${offText(isCentred)} * inverse;
    biases += dy_at(at);
  }
  ${dweight ? "dweight_put(i, weights);" : ""} ${dbias ? "dbias_put(i, biases);" : ""}`,
        flop: 4 * Math.ceil(rows / parts),
      });
    if (parts === 1) {
      launch(outs);
      return;
    }
    launcher.scratch(each * names.length, (room) => {
      const part = (i: number): View => ({ ...room, offset: i * each, shape: [each], size: each });
      launch(Object.fromEntries(names.map((name, i) => [name, part(i)])));
      for (const [i, name] of names.entries())
        reduce(launcher, "sum", outs[name]!, part(i), 1, parts, width);
    });
  };

export const normKernels = {
  /** @see Ba et al. 2016, "Layer normalization", equations 3 and 4; the variance is divided by n */
  layerNorm: norm(true),
  layerNormGrad: normGrad(true),
  layerNormParamGrad: paramGrad(true),
  /** @see Zhang & Sennrich 2019, "Root mean square layer normalization", equation 4 */
  rmsNorm: (launcher, out, stats, x, weight, eps) =>
    norm(false)(launcher, out, stats, x, weight, null, eps),
  rmsNormGrad: normGrad(false),
  rmsNormParamGrad: (launcher, dweight, dy, x, stats) =>
    paramGrad(false)(launcher, dweight, null, dy, x, stats),
} satisfies Partial<OnLauncher>;

import type { GemmShape } from "../../backend/kernels";
import type { View } from "../../backend/view";
import { type Launcher, spread } from "../launcher";
import { fewRows } from "./few-rows";
import { placeNumbers, productReadings } from "./operands";
import { sumParts } from "./sum-parts";
import { tileText } from "./tile-text";
import { FEW_ROWS, sizeKey, splitsOf, type Tile, threadsOf, tileKey, usualTile } from "./tiles";

const SETUP = `let columnFrom = number % a.across * COLUMNS;
  var rest = number / a.across;
  let rowFrom = rest % a.down * ROWS;
  rest = rest / a.down;
  let rowTo = a.m;
  let part = rest % a.parts;
  rest = rest / a.parts;
  let kFrom = part * a.part_k;
  let kTo = min(a.k, kFrom + a.part_k);
  let outer = rest / a.batch1;
  let inner = rest % a.batch1;
  let leftBase = outer * a.left_outer + inner * a.left_inner;
  let rightBase = outer * a.right_outer + inner * a.right_inner;
  let outBase = outer * a.out_outer + inner * a.out_inner + part * a.out_part;`;

/** Launches the tiles of a product whose sums have `parts` parts, written `partStride` elements apart. */
function launchTiles(
  launcher: Launcher,
  c: View,
  a: View,
  b: View,
  bias: View | null,
  shape: GemmShape,
  tile: Tile,
  parts: number,
  partStride: number,
): void {
  const { m, n, k, accumulate } = shape;
  const batch = shape.batch0 * shape.batch1;
  const readings = productReadings(c, a, b, shape);
  const [across, down] = [Math.ceil(n / tile.columns), Math.ceil(m / tile.rows)];
  const count = across * down * batch * parts;
  const old = accumulate ? batch * m * n : 0;
  const ownBias = bias ? n * down * (threadsOf(tile) / (tile.columns / 4)) * batch : 0;
  const { left, right, isWide } = readings;
  launcher.launch({
    key: `product ${tileKey(tile)} ${left} ${right} ${isWide} ${accumulate} ${bias !== null}`,
    views: { left: a, right: b, out: c, ...(bias && { bias }) },
    writes: ["out"],
    numbers: {
      ...placeNumbers(shape),
      count,
      m,
      n,
      k,
      across,
      down,
      parts,
      part_k: Math.ceil(k / parts / tile.depth) * tile.depth,
      out_part: partStride,
    },
    isWide,
    body: () =>
      tileText({
        ...readings,
        tile,
        accumulate,
        hasBias: bias !== null,
        setup: SETUP.replace("COLUMNS", `${tile.columns}u`).replace("ROWS", `${tile.rows}u`),
      }),
    groups: spread(count),
    work: {
      flop: 2 * batch * m * n * k,
      bytesRead: 4 * (batch * k * (m * across + n * down) + old + ownBias),
      bytesWritten: 4 * batch * parts * m * n,
    },
  });
}

/** c = a·b, plus bias [n] in every row, plus what is in c where `shape.accumulate` is set. */
export function product(
  launcher: Launcher,
  c: View,
  a: View,
  b: View,
  shape: GemmShape,
  bias: View | null,
): void {
  const { m, n, k, batch0, batch1 } = shape;
  const batch = batch0 * batch1;
  if (batch * m * n === 0) return;
  if (m <= FEW_ROWS) {
    fewRows(launcher, c, a, b, bias, shape);
    return;
  }
  const size = { m, n, k, batch };
  const tile = launcher.tiles.get(sizeKey(size)) ?? usualTile(size);
  const parts = splitsOf(size, tile);
  if (parts === 1) {
    launchTiles(launcher, c, a, b, bias, shape, tile, 1, 0);
    return;
  }
  launcher.scratch(parts * batch * m * n, (sums) => {
    const own = { cRow: n, cBatch0: batch1 * m * n, cBatch1: m * n, accumulate: false };
    launchTiles(launcher, sums, a, b, null, { ...shape, ...own }, tile, parts, batch * m * n);
    sumParts(launcher, c, sums, parts, bias, shape);
  });
}

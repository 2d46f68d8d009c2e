import type { View } from "../../backend/view";
import { lastAxis } from "../../js/strides";
import { type Launcher, type OnLauncher, spread } from "../launcher";
import { areFours, type Places, readingsOf } from "../products/load-block";
import { tileText } from "../products/tile-text";
import { sizeKey, type Tile, tileKey, usualTile } from "../products/tiles";

const FOUND = "var<workgroup> found: vec4u;";

/** Finds the group of the tile: tiles count through the groups, a last one of each group being cut. */
const GROUP_OF_TILE = (tile: Tile) => `if (lane == 0u) {
    var left = number / a.across;
    var start = 0u;
    found = vec4u();
    for (var g = 0u; g < a.groups; g++) {
      start = offsets_bits(g);
      let end = offsets_bits(g + 1u);
      let tiles = (end - start + ${tile.rows - 1}u) / ${tile.rows}u;
      if (left < tiles) { found = vec4u(start + left * ${tile.rows}u, end, g, 1u); break; }
      left -= tiles;
    }
  }
  let its = workgroupUniformLoad(&found);
  if (its.w == 0u) { return; }
  let columnFrom = number % a.across * ${tile.columns}u;
  let rowFrom = its.x;
  let rowTo = its.y;
  let kFrom = 0u;
  let kTo = a.k;
  let leftBase = 0u;
  let rightBase = its.z * a.matrix;
  let outBase = 0u;`;

/** Rows and terms of a group are where its offsets say. */
const ROWS_OF_GROUP = (
  tile: Tile,
  isChosen: boolean,
) => `let columnFrom = number % a.across * ${tile.columns}u;
  var rest = number / a.across;
  let rowFrom = rest % a.down * ${tile.rows}u;
  let rowTo = a.m;
  let place = rest / a.down;
  if (lane == 0u) {
    let g = ${isChosen ? "chosen_bits(place)" : "place"};
    found = vec4u(offsets_bits(g), offsets_bits(g + 1u), 0u, 0u);
  }
  let its = workgroupUniformLoad(&found);
  let kFrom = its.x;
  let kTo = its.y;
  let leftBase = 0u;
  let rightBase = 0u;
  let outBase = place * a.matrix;`;

/** Readings of factors whose results are rows of c. */
const groupReadings = (c: View, left: Places, right: Places) =>
  readingsOf(areFours(c.offset, lastAxis(c)), left, right);

const tileOf = (launcher: Launcher, m: number, n: number, k: number, batch: number): Tile => {
  const size = { m, n, k, batch };
  return launcher.tiles.get(sizeKey(size)) ?? usualTile(size);
};

export const groupedGemm: OnLauncher["groupedGemm"] = (launcher, mode, c, a, b, offsets) => {
  const [n, k] = [lastAxis(c), lastAxis(a)];
  const [rows, groups] = [c.size / Math.max(1, n), offsets.size - 1];
  if (c.size === 0 || groups <= 0) return;
  const [kStride, line] = mode === "nt" ? [1, k] : [n, 1];
  const read = groupReadings(
    c,
    { line: k, k: 1, others: [a.offset], lines: rows, depth: k },
    { line, k: kStride, others: [b.offset, n * k], lines: n, depth: k },
  );
  const tile = tileOf(launcher, Math.ceil(rows / groups), n, k, groups);
  const across = Math.ceil(n / tile.columns);
  const down = Math.ceil(rows / tile.rows) + groups;
  launcher.launch({
    key: `grouped ${tileKey(tile)} ${read.left} ${read.right} ${read.isWide}`,
    views: { left: a, right: b, out: c, offsets },
    writes: ["out"],
    numbers: {
      count: across * down,
      n,
      k,
      across,
      groups,
      matrix: n * k,
      left_line: k,
      left_k: 1,
      right_line: line,
      right_k: kStride,
      out_line: n,
    },
    isWide: read.isWide,
    body: () =>
      tileText({
        ...read,
        tile,
        accumulate: false,
        hasBias: false,
        declarations: FOUND,
        setup: GROUP_OF_TILE(tile),
      }),
    groups: spread(across * down),
    work: {
      flop: 2 * rows * n * k,
      bytesRead: 4 * (rows * k * across + groups * n * k + across * down * (groups + 1)),
      bytesWritten: 4 * rows * n,
    },
  });
};

export const groupedGemmWeight: OnLauncher["groupedGemmWeight"] = (
  launcher,
  c,
  a,
  b,
  offsets,
  chosen,
) => {
  const [m, n] = [lastAxis(a), lastAxis(b)];
  const count = chosen ? chosen.size : offsets.size - 1;
  if (c.size === 0) return;
  const rows = a.size / Math.max(1, m);
  const read = groupReadings(
    c,
    { line: 1, k: m, others: [a.offset], lines: m, depth: 1 },
    { line: 1, k: n, others: [b.offset], lines: n, depth: 1 },
  );
  const tile = tileOf(launcher, m, n, Math.ceil(rows / Math.max(1, count)), count);
  const [across, down] = [Math.ceil(n / tile.columns), Math.ceil(m / tile.rows)];
  launcher.launch({
    key: `grouped weight ${tileKey(tile)} ${read.left} ${read.right} ${read.isWide} ${chosen !== null}`,
    views: { left: a, right: b, out: c, offsets, ...(chosen && { chosen }) },
    writes: ["out"],
    numbers: {
      count: across * down * count,
      m,
      n,
      across,
      down,
      matrix: m * n,
      left_line: 1,
      left_k: m,
      right_line: 1,
      right_k: n,
      out_line: n,
    },
    isWide: read.isWide,
    body: () =>
      tileText({
        ...read,
        tile,
        accumulate: false,
        hasBias: false,
        declarations: FOUND,
        setup: ROWS_OF_GROUP(tile, chosen !== null),
      }),
    groups: spread(across * down * count),
    work: {
      flop: 2 * rows * m * n,
      bytesRead: 4 * (rows * (m * across + n * down) + 2 * across * down * count),
      bytesWritten: 4 * c.size,
    },
  });
};

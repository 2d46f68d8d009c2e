import type { View } from "../../backend/view";
import { lastAxis } from "../../js/strides";
import type { Work } from "../counts";
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

interface Grouped {
  readonly name: string;
  readonly views: Readonly<Record<"left" | "right" | "out" | "offsets", View>>;
  readonly left: Places;
  readonly right: Places;
  readonly tile: Tile;
  /** Number of tiles. */
  readonly count: number;
  readonly numbers: Readonly<Record<string, number>>;
  readonly setup: string;
  readonly work: Work;
}

/** Launches a product of tiles whose rows and terms `setup` finds. */
function launchGrouped(launcher: Launcher, grouped: Grouped): void {
  const { name, views, left, right, tile, count, numbers, setup, work } = grouped;
  const n = lastAxis(views.out);
  const read = readingsOf(areFours(views.out.offset, n), left, right);
  launcher.launch({
    key: `${name} ${tileKey(tile)} ${read.left} ${read.right} ${read.isWide}`,
    views,
    writes: ["out"],
    numbers: {
      ...numbers,
      count,
      n,
      across: Math.ceil(n / tile.columns),
      left_line: left.line,
      left_k: left.k,
      right_line: right.line,
      right_k: right.k,
      out_line: n,
    },
    isWide: read.isWide,
    body: () => {
      const plain = { accumulate: false, hasBias: false, declarations: FOUND };
      return tileText({ ...read, ...plain, tile, setup });
    },
    groups: spread(count),
    work,
  });
}

const tileOf = (launcher: Launcher, m: number, n: number, k: number, batch: number): Tile => {
  const size = { m, n, k, batch };
  return launcher.tiles.get(sizeKey(size)) ?? usualTile(size);
};

export const groupedKernels = {
  groupedGemm(launcher, mode, c, a, b, offsets) {
    const [n, k] = [lastAxis(c), lastAxis(a)];
    const [rows, groups] = [c.size / Math.max(1, n), offsets.size - 1];
    if (c.size === 0 || groups <= 0) return;
    const isTransposed = mode === "nt";
    const tile = tileOf(launcher, Math.ceil(rows / groups), n, k, groups);
    const across = Math.ceil(n / tile.columns);
    const count = across * (Math.ceil(rows / tile.rows) + groups);
    launchGrouped(launcher, {
      name: "grouped",
      views: { left: a, right: b, out: c, offsets },
      left: { line: k, k: 1, others: [a.offset], lines: rows, depth: k },
      right: {
        line: isTransposed ? k : 1,
        k: isTransposed ? 1 : n,
        others: [b.offset, n * k],
        lines: n,
        depth: k,
      },
      tile,
      count,
      numbers: { k, groups, matrix: n * k },
      setup: GROUP_OF_TILE(tile),
      work: {
        flop: 2 * rows * n * k,
        bytesRead: 4 * (rows * k * across + groups * n * k + count * (groups + 1)),
        bytesWritten: 4 * rows * n,
      },
    });
  },

  groupedGemmWeight(launcher, c, a, b, offsets, chosen) {
    const [m, n] = [lastAxis(a), lastAxis(b)];
    const matrices = chosen ? chosen.size : offsets.size - 1;
    if (c.size === 0) return;
    const rows = a.size / Math.max(1, m);
    const tile = tileOf(launcher, m, n, Math.ceil(rows / Math.max(1, matrices)), matrices);
    const [across, down] = [Math.ceil(n / tile.columns), Math.ceil(m / tile.rows)];
    const count = across * down * matrices;
    launchGrouped(launcher, {
      name: `grouped weight ${chosen !== null}`,
      views: { left: a, right: b, out: c, offsets, ...(chosen && { chosen }) },
      left: { line: 1, k: m, others: [a.offset], lines: m, depth: 1 },
      right: { line: 1, k: n, others: [b.offset], lines: n, depth: 1 },
      tile,
      count,
      numbers: { m, down, matrix: m * n },
      setup: ROWS_OF_GROUP(tile, chosen !== null),
      work: {
        flop: 2 * rows * m * n,
        bytesRead: 4 * (rows * (m * across + n * down) + 2 * count),
        bytesWritten: 4 * c.size,
      },
    });
  },
} satisfies Partial<OnLauncher>;

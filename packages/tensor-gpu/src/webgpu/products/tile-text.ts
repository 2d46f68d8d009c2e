import { loadBlocks, type Reading } from "./load-block";
import { type Tile, threadsOf } from "./tiles";

/** A kernel that multiplies tile by tile: operands `left`, `right`, `out`, and where there are any `bias` and `offsets`. */
export interface TileText {
  readonly tile: Tile;
  readonly left: Reading;
  readonly right: Reading;
  /** Whether results are written four at once. */
  readonly isWide: boolean;
  readonly accumulate: boolean;
  readonly hasBias: boolean;
  /**
   * WGSL that names what the workgroup does, with `number` and `lane` given: `rowFrom`, `rowTo`, `columnFrom` and `kFrom`, `kTo`, which must
   * be uniform, `leftBase`, `rightBase` and `outBase`. Columns end at `a.n`.
   */
  readonly setup: string;
  /** Declarations of the module that `setup` uses. */
  readonly declarations?: string;
}

/** Statements that write the four results of row i of a thread. */
function writeRow({ isWide, accumulate, hasBias }: TileText, sum: string, row: string): string {
  const place = `outBase + ${row} * a.out_line + column`;
  if (isWide) {
    const old = accumulate ? ` + out_at4((${place}) >> 2u)` : "";
    return `if (${row} < rowTo && column < a.n) { out_put4((${place}) >> 2u, ${sum}${hasBias ? " + bias4" : ""}${old}); }`;
  }
  const one = (c: number) => {
    const old = accumulate ? ` + out_at(${place} + ${c}u)` : "";
    return `if (column + ${c}u < a.n) { out_put(${place} + ${c}u, ${sum}[${c}]${hasBias ? ` + bias4[${c}]` : ""}${old}); }`;
  };
  return `if (${row} < rowTo) { ${[0, 1, 2, 3].map(one).join("\n    ")} }`;
}

const BIAS = `var bias4 = vec4f();
  for (var c = 0u; c < 4u; c++) { if (column + c < a.n) { bias4[c] = bias_at(column + c); } }`;

/** The kernel's body. */
export function tileText(text: TileText): string {
  const { tile, left, right, hasBias, setup, declarations = "" } = text;
  const { rows, columns, depth, perThread } = tile;
  const threads = threadsOf(tile);
  const across = columns / 4;
  const sums = Array.from({ length: perThread }, (_, i) => i);
  const rowOf = (i: number) => `(rowFrom + 4u * down + ${i < 4 ? i : rows / 2 + i - 4}u)`;
  const ends = { k: "k0", kTo: "kTo", depth, type: "tile4" };
  const load = loadBlocks(
    [
      {
        ...ends,
        name: "left",
        reading: left,
        tile: "tileLeft",
        lines: rows,
        from: "rowFrom",
        to: "rowTo",
        base: "leftBase",
      },
      {
        ...ends,
        name: "right",
        reading: right,
        tile: "tileRight",
        lines: columns,
        from: "columnFrom",
        to: "a.n",
        base: "rightBase",
      },
    ],
    threads,
  );
  const vectors = perThread === 8 ? 2 : 1;
  const multiply = Array.from(
    { length: vectors },
    (_, half) => `let x${half} = vec4f(tileLeft[p * ${rows / 4}u + down + ${(half * rows) / 8}u]);
      ${[0, 1, 2, 3].map((i) => `sum${4 * half + i} += x${half}[${i}] * y;`).join(" ")}`,
  );
  return `
var<workgroup> tileLeft: array<tile4, ${(rows / 4) * depth}>;
var<workgroup> tileRight: array<tile4, ${(columns / 4) * depth}>;
${declarations}
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let number = group.y * groups.x + group.x;
  if (number >= a.count) { return; }
  ${setup}
  let down = lane / ${across}u;
  let over = lane % ${across}u;
  ${sums.map((i) => `var sum${i} = vec4f();`).join(" ")}
  for (var k0 = kFrom; k0 < kTo; k0 += ${depth}u) {
    ${load}
    workgroupBarrier();
    for (var p = 0u; p < ${depth}u; p++) {
      let y = vec4f(tileRight[p * ${across}u + over]);
      ${multiply.join("\n      ")}
    }
    workgroupBarrier();
  }
  let column = columnFrom + 4u * over;
  ${hasBias ? BIAS : ""}
  ${sums.map((i) => writeRow(text, `sum${i}`, rowOf(i))).join("\n  ")}
}`;
}

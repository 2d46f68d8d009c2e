import { loadBlocks, type Operand } from "../products/load-block";
import { type AttentionText, type Factor, rowsAreKeys } from "./targets";
import { visibleText, weightsText } from "./weights-text";

/** Rows and columns of a block of scores, and columns of a chunk. */
export const SIDE = 32;
const DEPTH = 16;
const THREADS = 64;
const ROWS = [0, 1, 2, 3] as const;

const baseOf = (name: Factor, isOfQueries: boolean) =>
  `b * a.${name}_batch + ${isOfQueries ? "h" : "kh"} * a.${name}_head`;

/** Code that reads blocks of `depth` terms and adds the products of two tiles' lines to ${sum}0 … ${sum}3. */
const addProducts = (
  operands: readonly Operand[],
  [rows, columns]: readonly [string, string],
  depth: number,
  sum: string,
) => `${loadBlocks(operands, THREADS)}
      workgroupBarrier();
      for (var p = 0u; p < ${depth}u; p++) {
        let u = ${rows}[p * 8u + down];
        let w = ${columns}[p * 8u + over];
        ${ROWS.map((i) => `${sum}${i} += u[${i}] * w;`).join(" ")}
      }
      workgroupBarrier();`;

/** Code that adds the product of two factors to ${sum}0 … ${sum}3. */
function multiplyFactors({ readings, target }: AttentionText, row: "r1" | "r2", sum: string) {
  const kTo = `a.depth_${row}`;
  const column = row === "r1" ? "c1" : "c2";
  const areKeys = rowsAreKeys(target);
  const factor = (name: Factor, isOfQueries: boolean) => ({
    name,
    reading: readings[name],
    lines: SIDE,
    depth: DEPTH,
    k: "d0",
    kTo,
    base: `(${baseOf(name, isOfQueries)})`,
  });
  const tiles = ["tileRows", "tileColumns"] as const;
  const operands = [
    { ...factor(row, !areKeys), tile: tiles[0], from: "rowFrom", to: "a.rows" },
    { ...factor(column, areKeys), tile: tiles[1], from: "c0", to: "a.columns" },
  ];
  return `for (var d0 = 0u; d0 < ${kTo}; d0 += ${DEPTH}u) {
      ${addProducts(operands, tiles, DEPTH, sum)}
    }`;
}

/** Code that adds weights · x to the results. */
function accumulate({ readings, target, chunks }: AttentionText): string {
  const one = (chunk: number) => {
    const x: Operand = {
      name: "x",
      reading: readings.x,
      tile: "tileX",
      lines: SIDE,
      depth: SIDE,
      from: `(columnFrom + ${chunk * SIDE}u)`,
      to: "a.width",
      k: "c0",
      kTo: "a.columns",
      base: `(${baseOf("x", rowsAreKeys(target))})`,
    };
    return `{
      ${addProducts([x], ["tileWeights", "tileX"], SIDE, `o${chunk}_`)}
    }`;
  };
  return Array.from({ length: chunks }, (_, chunk) => one(chunk)).join("\n    ");
}

/** Code that writes a thread's results. */
function writeResults({ target, chunks, isWide, hasLse }: AttentionText): string {
  const factor = target === "dq" || target === "dk" ? " * a.scale" : "";
  const write = (chunk: number, i: number) => {
    const value = target === "out" ? `o${chunk}_${i} * share[${i}]` : `o${chunk}_${i}${factor}`;
    const column = `columnFrom + ${chunk * SIDE}u + 4u * over`;
    const place = `resultBase + (row + ${i}u) * a.result_line + ${column}`;
    if (isWide)
      return `if (row + ${i}u < a.rows && ${column} < a.width) { result_put4((${place}) >> 2u, ${value}); }`;
    return `if (row + ${i}u < a.rows) {
    let value = ${value};
    for (var c = 0u; c < 4u; c++) { if (${column} + c < a.width) { result_put(${place} + c, value[c]); } }
  }`;
  };
  const all = Array.from({ length: chunks }, (_, chunk) => ROWS.map((i) => write(chunk, i))).flat();
  const lse = isWide
    ? "if (over == 0u && columnFrom == 0u && row < a.rows) { lse_put4((lseBase + row) >> 2u, logSums); }"
    : "if (over == 0u && columnFrom == 0u) { for (var i = 0u; i < 4u; i++) { if (row + i < a.rows) { lse_put(lseBase + row + i, logSums[i]); } } }";
  const ending = `rowPart[lane] = total;
  workgroupBarrier();
  total = vec4f();
  for (var j = 0u; j < 8u; j++) { total += rowPart[down * 8u + j]; }
  var share = vec4f();
  var logSums = top;
  for (var i = 0u; i < 4u; i++) {
    if (bitcast<u32>(top[i]) != lowestBits) { share[i] = 1.0 / total[i]; logSums[i] = top[i] + logOf(total[i]); }
  }
  ${hasLse ? `let lseBase = (b * a.heads + h) * a.rows;\n  ${lse}` : ""}`;
  return `${target === "out" ? ending : ""}
  ${all.join("\n  ")}`;
}

/** The kernel's body. */
export function attentionText(text: AttentionText): string {
  const { target, chunks, hasProbs } = text;
  const areKeys = rowsAreKeys(target);
  const results = Array.from({ length: chunks }, (_, chunk) =>
    ROWS.map((i) => `var o${chunk}_${i} = vec4f();`),
  );
  const lastColumn = "min(i32(a.columns), i32(min(rowFrom + 32u, a.rows)) + i32(a.shift))";
  const columns = {
    from: areKeys ? "u32(max(0, i32(rowFrom) - i32(a.shift)))" : "0u",
    to: !areKeys && target !== "probs" ? `u32(max(0, ${lastColumn}))` : "a.columns",
  };
  const heads = areKeys
    ? `let kh = rest % a.key_heads; let b = rest / a.key_heads;
  let headFrom = (kh * a.heads + a.key_heads - 1u) / a.key_heads;
  let headTo = ((kh + 1u) * a.heads + a.key_heads - 1u) / a.key_heads;
  let resultBase = b * a.result_batch + kh * a.result_head;
  for (var h = headFrom; h < headTo; h++) {`
    : `let h = rest % a.heads; let b = rest / a.heads;
  let kh = h * a.key_heads / a.heads;
  let resultBase = b * a.result_batch + h * a.result_head;
  {`;
  const needsScores = !hasProbs || target === "out" || target === "probs";
  const needsSlopes = target === "dq" || target === "dk";
  return `
const lowestBits = 0xff800000u;
fn areLowest(x: vec4f) -> vec4<bool> { return bitcast<vec4u>(x) == vec4u(lowestBits); }
${visibleText(text)}
var<workgroup> tileRows: array<vec4f, ${(DEPTH * SIDE) / 4}>;
var<workgroup> tileColumns: array<vec4f, ${(DEPTH * SIDE) / 4}>;
var<workgroup> tileWeights: array<vec4f, ${(SIDE * SIDE) / 4}>;
var<workgroup> tileX: array<vec4f, ${(SIDE * SIDE) / 4}>;
var<workgroup> rowPart: array<vec4f, ${THREADS}>;
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let number = group.y * groups.x + group.x;
  if (number >= a.count) { return; }
  let down = lane / 8u;
  let over = lane % 8u;
  let columnFrom = number % a.slices * ${chunks * SIDE}u;
  let tile = number / a.slices;
  let rowFrom = tile % a.row_tiles * ${SIDE}u;
  let rest = tile / a.row_tiles;
  let row = rowFrom + 4u * down;
  ${results.flat().join(" ")}
  ${target === "out" ? "var top = vec4f(-infinityOf()); var total = vec4f();" : ""}
  ${heads}
  let cTo = ${columns.to};
  for (var c0 = ${columns.from}; c0 < cTo; c0 += ${SIDE}u) {
    let column = c0 + 4u * over;
    ${ROWS.map((i) => `var s${i} = vec4f(); var t${i} = vec4f();`).join(" ")}
    ${needsScores ? multiplyFactors(text, "r1", "s") : ""}
    ${needsSlopes ? multiplyFactors(text, "r2", "t") : ""}
    ${weightsText(text)}
    ${target === "probs" ? "" : accumulate(text)}
  }
  }
  ${target === "probs" ? "" : writeResults(text)}
}`;
}

import type { GemmShape } from "../../backend/kernels";
import type { View } from "../../backend/view";
import { type Launcher, spread, THREADS } from "../launcher";
import type { Reading } from "./load-block";
import { placeNumbers, productReadings } from "./operands";

interface FewRowsText {
  readonly m: number;
  readonly left: Reading;
  readonly right: Reading;
  readonly isWide: boolean;
  readonly accumulate: boolean;
  readonly hasBias: boolean;
}

/** Quads of columns of a workgroup, and threads among which the sum of one is divided; neighbours read neighbours. */
const shareOf = (right: Reading) =>
  right.startsWith("k") ? { quads: 4, parts: THREADS / 4 } : { quads: 16, parts: THREADS / 16 };

const RIGHT: Record<Reading, string> = {
  k4: "",
  k1: "",
  line1: "",
  line4: "let w = right_at4((rightBase + column * a.right_line + k * a.right_k) >> 2u);",
};

const ONE_BY_ONE = `var w = vec4f();
    for (var c = 0u; c < 4u; c++) {
      if (column + c < a.n) { w[c] = right_at(rightBase + (column + c) * a.right_line + k * a.right_k); }
    }`;

/** Statements for the terms from k on: four of them at once where the right matrix is read so. */
function terms({ m, left, right }: FewRowsText): string {
  const rows = Array.from({ length: m }, (_, r) => r);
  const placeOf = (r: number) => `leftBase + ${r}u * a.left_line + k * a.left_k`;
  if (right !== "k4")
    return `${right === "line4" ? RIGHT.line4 : ONE_BY_ONE}
    ${rows.map((r) => `sum${r} += left_at(${placeOf(r)}) * w;`).join("\n    ")}`;
  const four = (r: number) =>
    left === "k4"
      ? `left_at4((${placeOf(r)}) >> 2u)`
      : `vec4f(${[0, 1, 2, 3].map((c) => `left_at(${placeOf(r)} + ${c}u * a.left_k)`).join(", ")})`;
  const columns = [0, 1, 2, 3].map(
    (c) => `let w${c} = right_at4((rightBase + (column + ${c}u) * a.right_line + k) >> 2u);`,
  );
  const sum = (r: number) =>
    `let x${r} = ${four(r)}; sum${r} += vec4f(${[0, 1, 2, 3].map((c) => `dot(x${r}, w${c})`).join(", ")});`;
  return [...columns, ...rows.map(sum)].join("\n    ");
}

function write({ isWide, accumulate, hasBias }: FewRowsText): string {
  const place = "outBase + row * a.out_line + column";
  const bias = (c: string) => (hasBias ? ` + bias_at(column + ${c})` : "");
  if (isWide) {
    const four = hasBias
      ? ` + vec4f(${[0, 1, 2, 3].map((c) => `bias_at(column + ${c}u)`).join(", ")})`
      : "";
    return `out_put4((${place}) >> 2u, value${four}${accumulate ? ` + out_at4((${place}) >> 2u)` : ""});`;
  }
  return `for (var c = 0u; c < 4u; c++) {
      if (column + c < a.n) { out_put(${place} + c, value[c]${bias("c")}${accumulate ? ` + out_at(${place} + c)` : ""}); }
    }`;
}

function fewRowsText(text: FewRowsText): string {
  const { m, right } = text;
  const { quads, parts } = shareOf(right);
  const rows = Array.from({ length: m }, (_, r) => r);
  const [quad, part] = right.startsWith("k")
    ? [`lane / ${parts}u`, `lane % ${parts}u`]
    : [`lane % ${quads}u`, `lane / ${quads}u`];
  const step = right === "k4" ? 4 : 1;
  const laneOf = right.startsWith("k") ? `quad * ${parts}u + part` : `part * ${quads}u + quad`;
  return `
var<workgroup> sums: array<vec4f, ${m * THREADS}>;
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let number = group.y * groups.x + group.x;
  if (number >= a.count) { return; }
  let columnFrom = number % a.across * ${4 * quads}u;
  let outer = number / a.across / a.batch1;
  let inner = number / a.across % a.batch1;
  let leftBase = outer * a.left_outer + inner * a.left_inner;
  let rightBase = outer * a.right_outer + inner * a.right_inner;
  let outBase = outer * a.out_outer + inner * a.out_inner;
  let column = columnFrom + 4u * (${quad});
  ${rows.map((r) => `var sum${r} = vec4f();`).join(" ")}
  if (column < a.n) {
  for (var k = ${step}u * (${part}); k < a.k; k += ${step * parts}u) {
    ${terms(text)}
  }
  }
  ${rows.map((r) => `sums[${r * THREADS}u + lane] = sum${r};`).join(" ")}
  workgroupBarrier();
  if (lane < ${quads * m}u) {
    let row = lane / ${quads}u;
    let quad = lane % ${quads}u;
    let column = columnFrom + 4u * quad;
    if (column < a.n) {
    var value = vec4f();
    for (var part = 0u; part < ${parts}u; part++) { value += sums[row * ${THREADS}u + ${laneOf}]; }
    ${write(text)}
    }
  }
}`;
}

/** `product` of at most four rows: each thread takes a part of the terms of four columns. */
export function fewRows(
  launcher: Launcher,
  c: View,
  a: View,
  b: View,
  bias: View | null,
  shape: GemmShape,
): void {
  const { m, n, k, accumulate } = shape;
  const batch = shape.batch0 * shape.batch1;
  const text = { ...productReadings(c, a, b, shape), m, accumulate, hasBias: bias !== null };
  const across = Math.ceil(n / (4 * shareOf(text.right).quads));
  launcher.launch({
    key: `product of rows ${m} ${text.left} ${text.right} ${text.isWide} ${accumulate} ${text.hasBias}`,
    views: { left: a, right: b, out: c, ...(bias && { bias }) },
    writes: ["out"],
    numbers: { ...placeNumbers(shape), count: across * batch, n, k, across },
    isWide: text.isWide,
    body: () => fewRowsText(text),
    groups: spread(across * batch),
    work: {
      flop: 2 * batch * m * n * k,
      bytesRead:
        4 *
        batch *
        (n * k + m * k * Math.ceil(n / 4) + m * n * ((bias ? 1 : 0) + (accumulate ? 1 : 0))),
      bytesWritten: 4 * batch * m * n,
    },
  });
}

/**
 * How a matrix is read that is multiplied along `k`, its other axis being `line`: four neighbours at once along k or along
 * the lines, or one by one, with k or the line as the axis of neighbours.
 */
export type Reading = "k4" | "line4" | "k1" | "line1";

/** Strides of a matrix, all else that its elements' places are made of, and its lengths, 1 where one is not known. */
export interface Places {
  readonly line: number;
  readonly k: number;
  readonly others: readonly number[];
  readonly lines: number;
  readonly depth: number;
}

/** Whether all are multiples of four. */
export const areFours = (...numbers: readonly number[]): boolean =>
  numbers.every((number) => number % 4 === 0);

/** How one factor is read. */
export function readingOf({ line, k, others, lines, depth }: Places, isWide: boolean): Reading {
  if (isWide && k === 1 && areFours(...others, line, depth)) return "k4";
  if (isWide && line === 1 && areFours(...others, k, lines)) return "line4";
  return k === 1 ? "k1" : "line1";
}

/**
 * How two factors are read; `isWide` where one of them at least is read by fours.
 *
 * @param canBeWide whether results are written by fours
 */
export function readingsOf(canBeWide: boolean, left: Places, right: Places) {
  const of = (isWide: boolean) => ({
    left: readingOf(left, isWide),
    right: readingOf(right, isWide),
    isWide,
  });
  const wide = of(canBeWide);
  return wide.left.endsWith("4") || wide.right.endsWith("4") ? wide : of(false);
}

/** A matrix that a workgroup reads in blocks of 4 × 4. */
export interface Operand {
  /** Its name in WGSL. */
  readonly name: string;
  readonly reading: Reading;
  /** Workgroup memory for it: [depth, lines / 4] vectors of four lines, of type `type`, by default vec4f. */
  readonly tile: string;
  readonly type?: string;
  readonly lines: number;
  readonly depth: number;
  /** WGSL: first line, line behind the last, first k, k behind the last, and the place of element (0, 0). */
  readonly from: string;
  readonly to: string;
  readonly k: string;
  readonly kTo: string;
  readonly base: string;
}

export const blocksOf = ({ lines, depth }: Pick<Operand, "lines" | "depth">): number =>
  (lines / 4) * (depth / 4);

const COMPONENTS = [0, 1, 2, 3] as const;

/** Code that reads block number `block` and stores it. Elements beyond the ends are 0. */
export function loadBlock(operand: Operand, block: string): string {
  const { name, reading, tile, type = "vec4f", lines, depth, from, to, k, kTo, base } = operand;
  const along = reading.startsWith("k") ? depth / 4 : lines / 4;
  const [first, second] = reading.startsWith("k") ? ["kq", "lq"] : ["lq", "kq"];
  const head = `let ${first} = (${block}) % ${along}u; let ${second} = (${block}) / ${along}u;
      let line = ${from} + 4u * lq; let k = ${k} + 4u * kq;
      let place = ${base} + line * a.${name}_line + k * a.${name}_k;
      let store = 4u * kq * ${lines / 4}u + lq;`;
  const put = (c: number, value: string) =>
    `${tile}[store + ${c * (lines / 4)}u] = ${type}(${value});`;
  const stores: Record<Reading, () => string[]> = {
    k4: () => [
      ...COMPONENTS.map(
        (r) => `var v${r} = vec4f();
      if (line + ${r}u < ${to} && k < ${kTo}) { v${r} = ${name}_at4((place + ${r}u * a.${name}_line) >> 2u); }`,
      ),
      ...COMPONENTS.map((c) => put(c, `vec4f(v0[${c}], v1[${c}], v2[${c}], v3[${c}])`)),
    ],
    line4: () =>
      COMPONENTS.map(
        (c) => `var v${c} = vec4f();
      if (line < ${to} && k + ${c}u < ${kTo}) { v${c} = ${name}_at4((place + ${c}u * a.${name}_k) >> 2u); }
      ${put(c, `v${c}`)}`,
      ),
    k1: () => single,
    line1: () => single,
  };
  const single = [
    `for (var c = 0u; c < 4u; c++) {
        var v = vec4f();
        if (k + c < ${kTo}) {`,
    ...COMPONENTS.map(
      (r) =>
        `if (line + ${r}u < ${to}) { v[${r}] = ${name}_at(place + ${r}u * a.${name}_line + c * a.${name}_k); }`,
    ),
    `}
        ${tile}[store + c * ${lines / 4}u] = ${type}(v);
      }`,
  ];
  return [head, ...stores[reading]()].join("\n      ");
}

/** Code by which all threads read blocks of several operands. */
export function loadBlocks(operands: readonly Operand[], threads: number): string {
  const total = operands.reduce((sum, operand) => sum + blocksOf(operand), 0);
  let before = 0;
  const branches = operands.map((operand, i) => {
    const block = before === 0 ? "block" : `block - ${before}u`;
    before += blocksOf(operand);
    const test = i === operands.length - 1 ? "" : `if (block < ${before}u) `;
    return `${test}{ ${loadBlock(operand, block)} }`;
  });
  return `for (var block = lane; block < ${total}u; block += ${threads}u) {
      ${branches.join(" else ")}
    }`;
}

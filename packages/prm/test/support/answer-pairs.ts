import { readFileSync } from "node:fs";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";

/** Two ways of writing an answer, and whether they have the same value. */
export interface AnswerPair {
  readonly a: string;
  readonly b: string;
  readonly equal: boolean;
}

const texts = (name: string, pick: (row: Record<string, unknown>) => unknown): string[] =>
  readFileSync(shared(`data/math/${name}.jsonl`), "utf8")
    .trim()
    .split("\n")
    .map((line) => String(pick(JSON.parse(line)) ?? ""));

const afterMarker = (text: unknown) => String(text).split("#### ").at(-1)!.trim();

/** The whole numbers that the sets of problems have as answers, in their order; some of the same kind without the sets. */
export function answerNumbers(): number[] {
  if (sharedIsMissing) return Array.from({ length: 3000 }, (_, i) => (i * 7919) % 4001);
  const found = [
    ...texts("gsm8k-test", ({ answer }) => afterMarker(answer)),
    ...texts("gsm8k-train-1000", ({ answer }) => afterMarker(answer)),
    ...texts("svamp", ({ Answer }) => Answer),
    ...texts("multiarith", ({ target }) => target),
  ];
  return found
    .map((text) => Number(text.replaceAll(",", "")))
    .filter((value) => Number.isInteger(value) && value > 1 && value < 1e7);
}

const grouped = (n: number) => n.toLocaleString("en-US");
const small = (n: number) => (n % 17) + 2;
const other = (n: number) => (n % 13) + 3;

interface Form {
  readonly equal: readonly string[];
  readonly unequal: readonly string[];
}

/** Each form writes an answer made of two numbers in several equal ways, and changed in one number, sign, index or exponent. */
const forms: readonly ((n: number, m: number) => Form)[] = [
  (n) => ({
    equal: [
      `${n}`,
      ` ${n}.0`,
      `{${n}}`,
      grouped(n),
      `\\$${n}`,
      `${n}\\%`,
      `${n}\\text{ cm}^2`,
      `x = ${n}`,
    ],
    unequal: [`${n + 1}`, `-${n}`, `\u2212${n}`, `${n}^2`, `${n}0`, `${n}.5`, `${n}, ${n + 1}`],
  }),
  (n, m) => ({
    equal: [
      `\\frac{${n}}{${7 * m}}`,
      `${n}/${7 * m}`,
      `\\dfrac{${2 * n}}{${14 * m}}`,
      `{\\frac { ${n} } { ${7 * m} }}`,
    ],
    unequal: [
      `-\\frac{${n}}{${7 * m}}`,
      `\\frac{${7 * m}}{${n}}0`,
      `\\frac{${n + 1}}{${7 * m}}`,
      `\\frac{${n}}{${7 * m + 1}}`,
    ],
  }),
  (n) => ({
    equal: [
      `${n}\\frac{1}{2}`,
      `${n}½`,
      `${n} 1/2`,
      `${n}.5`,
      `\\frac{${2 * n + 1}}2`,
      `${n}.50\\text{ miles}`,
    ],
    unequal: [
      `${n}\\frac{1}{3}`,
      `-${n}½`,
      `${n + 1}.5`,
      `${n}\\cdot\\frac{1}{3}`,
      `\\frac{${2 * n + 3}}2`,
    ],
  }),
  (n, m) => ({
    equal: [
      `${n}\\sqrt{${m}}`,
      `${n}\\sqrt {${m}}`,
      `${n}√${m}`,
      `\\sqrt{${n * n * m}}`,
      `${n}\\cdot${m}^{\\frac12}`,
      `${n}\\sqrt{${m}}\\text{cm}^2`,
    ],
    unequal: [`${n}\\sqrt[3]{${m}}`, `${n + 1}\\sqrt{${m}}`, `${n}\\sqrt{${m + 1}}`, `-${n}√${m}`],
  }),
  (n, m) => ({
    equal: [
      `${n}\\sqrt[3]{${m}}`,
      `${n}∛${m}`,
      `\\sqrt[3]{${n ** 3 * m}}`,
      `\\sqrt[3]{${m}} \\cdot ${n}`,
    ],
    unequal: [`${n}\\sqrt[4]{${m}}`, `${n}\\sqrt[3]{${m + 1}}`, `-${n}∛${m}`],
  }),
  (n, m) => ({
    equal: [
      `${n}+\\sqrt{${m}}`,
      `\\sqrt{${m}} + ${n}`,
      `${n}+√${m}\\text{ cm}`,
      `{${n}}+\\sqrt ${m > 9 ? `{${m}}` : m}`,
    ],
    unequal: [`${n}-\\sqrt{${m}}`, `${n}+\\sqrt{${m + 1}}`, `${n}+${m}`],
  }),
  (n, m) => ({
    equal: [`${n}\\pi`, `${n}π`, `${n} \\cdot \\pi`, `π × ${n}`, `\\frac{${n * m}π}{${m}}`],
    unequal: [`${n + 1}\\pi`, `-${n}π`, `${n}\\pi^2`, `${n}`, `\\frac{${n}π}{${m}}`],
  }),
  (n, m) => ({
    equal: [
      `(x+${n})(x-${m})`,
      `(x-${m})(x+${n})`,
      `x^2+${n}x-${m}x-${n * m}`,
      `x²+(${n - m})x−${n * m}`,
      `\\left( x + ${n} \\right)\\left( x - ${m} \\right)`,
    ],
    unequal: [
      `(x-${n})(x-${m})`,
      `(x+${n + 1})(x-${m})`,
      `x^3+${n}x-${m}x-${n * m}`,
      `(y+${n})(y-${m})`,
    ],
  }),
  (n, m) => ({
    equal: [
      `(${n},${m})`,
      `( ${n} , ${m} )`,
      `\\left(${n}, \\frac{${2 * m}}{2}\\right)`,
      `(${n}\\%, ${m}\\%)`,
    ],
    unequal: [
      `(${n},${m}]`,
      `(${n}, -${m})`,
      `(${n + 1},${m})`,
      `(${n}, ${m}, ${m})`,
      `\\{${n}, ${m + 1}\\}`,
    ],
  }),
  (n, m) => ({
    equal: [
      `(-\\infty,${n}]\\cup[${n + m},\\infty)`,
      `[${n + m}, ∞) ∪ (−∞, ${n}]`,
      `\\left(-\\infty, ${n}\\right] \\cup \\left[${n + m}, +\\infty\\right)`,
    ],
    unequal: [
      `(-\\infty,${n})\\cup[${n + m},\\infty)`,
      `(\\infty,${n}]\\cup[${n + m},\\infty)`,
      `(-\\infty,${n}]\\cup[${n + m + 1},\\infty)`,
    ],
  }),
  (n, m) => ({
    equal: [
      `\\{${n}, -${m}\\}`,
      `-${m}, ${n}`,
      `${n}\\text{ or }-${m}`,
      `${n} or −${m}`,
      `x=${n}, x=-${m}`,
      `\\left\\{ -${m}, ${n} \\right\\}`,
    ],
    unequal: [`${n}`, `${n}\\text{ or }${m}`, `\\{${n}, -${m}, 0\\}`, `\\{${n + 1}, -${m}\\}`],
  }),
  (n, m) => ({
    equal: [
      `${n} \\pm \\sqrt{${m}}`,
      `${n}±√${m}`,
      `${n}-\\sqrt{${m}}, ${n}+\\sqrt{${m}}`,
      `x = ${n}\\pm ${m}^{1/2}`,
    ],
    unequal: [`${n} + \\sqrt{${m}}`, `-${n} \\pm \\sqrt{${m}}`, `${n} \\pm \\sqrt{${m + 1}}`],
  }),
  (n, m) => ({
    equal: [
      `${n}x_{${m}}+1`,
      `1+x_{${m}}${n > 1e5 ? `*${n}` : `\\cdot ${n}`}`,
      `${n} x_{ ${m} } + 1`,
    ],
    unequal: [`${n}x_{${m + 1}}+1`, `${n}x_{${m}}-1`, `${n}x^{${m}}+1`, `${n + 1}x_{${m}}+1`],
  }),
  (n, m) => ({
    equal: [
      `${m}x^{${small(n)}}`,
      `x^{${small(n)}} \\cdot ${m}`,
      `${m}x^{${small(n) - 1}}x`,
      `${m}x^{ ${small(n)} }`,
    ],
    unequal: [
      `${m}x^{${small(n) + 1}}`,
      `-${m}x^{${small(n)}}`,
      `${m}x^{-${small(n)}}`,
      `${m}x_{${small(n)}}`,
    ],
  }),
  (n, m) => ({
    equal: [`${n}+${m}i`, `${m}i+${n}`, `${n} + ${m} i`, `i(${m}-${n}i)`],
    unequal: [`${n}-${m}i`, `${n}+${m + 1}i`, `${n}+${m}`],
  }),
  (n, m) => ({
    equal: [`${n}<x\\le ${n + m}`, `${n} < x ≤ ${n + m}`, `${n + m}\\geq x>${n}`],
    unequal: [`${n}\\le x\\le ${n + m}`, `${n}<x\\le ${n + m + 1}`, `${n}<y\\le ${n + m}`],
  }),
  (n, m) => ({
    equal: [`${m}x+y=${n}`, `y+${m}x = ${n}`, `${2 * m}x+2y-${2 * n}=0`, `${n} = ${m}x + y`],
    unequal: [`${m}x-y=${n}`, `${m}x+y=${n + 1}`, `${m + 1}x+y=${n}`],
  }),
  (n, m) => ({
    equal: [
      `\\begin{pmatrix}${n}\\\\${m}\\end{pmatrix}`,
      `\\begin{pmatrix} ${n} \\\\ \\frac{${3 * m}}{3} \\end{pmatrix}`,
    ],
    unequal: [
      `\\begin{pmatrix}${n}\\\\-${m}\\end{pmatrix}`,
      `\\begin{pmatrix}${m}&${n}\\end{pmatrix}`,
    ],
  }),
];

/** Pairs of ways to write the answers of the sets, `count` of them or more, about half of them unequal. */
export function answerPairs(count: number): AnswerPair[] {
  const numbers = answerNumbers();
  const pairs: AnswerPair[] = [];
  for (let at = 0; pairs.length < count; at++) {
    const n = numbers[at % numbers.length]!;
    const m = [2, 3, 5, 6, 7, 10, 11, 13][(at + other(n)) % 8]!;
    const { equal, unequal } = forms[at % forms.length]!(n, m);
    const a = equal[Math.floor(at / forms.length) % equal.length]!;
    const b = equal[(Math.floor(at / forms.length) + 1 + (n % (equal.length - 1))) % equal.length]!;
    pairs.push({ a, b, equal: true }, { a, b: unequal[n % unequal.length]!, equal: false });
  }
  return pairs;
}

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAnswerChecker } from "../../src/answers/answer-checker";

const checker = createAnswerChecker({ format: "math", mode: "symbolic" });

/** One answer of two numbers in several ways of writing; each is the others' equal. */
interface Form {
  readonly name: string;
  readonly write: (n: number, m: number) => readonly string[];
}

const forms: readonly Form[] = [
  {
    name: "an assignment of a pair",
    write: (n, m) => [
      `(p,q)=(${n},${m})`,
      `(p, q) = \\left(${n}, ${m}\\right)`,
      `(q,p)=(${m},${n})`,
      `p=${n}, q=${m}`,
      `q = ${m} \\text{ and } p = ${n}`,
      `p=${n};q=${m}`,
    ],
  },
  {
    name: "pairs of assignments",
    write: (n, m) => [
      `p=${n},q=${m};p=${n + 1},q=${m}`,
      `p=${n}, q=${m} \\text{ or } p=${n + 1}, q=${m}`,
      `(p,q)=(${n},${m}), (p,q)=(${n + 1},${m})`,
      `(p,q)=(${n + 1},${m}) or (${n},${m})`,
    ],
  },
  {
    name: "a chain",
    write: (n, m) => [
      `x = ${n}+${m} = ${n + m}`,
      `x=${n + m}`,
      `${n + m}`,
      `x = ${n + m} \\approx ${n + m}.3`,
      `x ≈ ${n + m}`,
      `x = ${n} + ${m} = ${n + m}.0 \\approx 7`,
    ],
  },
  {
    name: "bounds on both sides",
    write: (n, m) => [
      `${n}<x\\le ${n + m}`,
      `${n} \\lt x <= ${n + m}`,
      `${n + m} >= x > ${n}`,
      `x \\in (${n}, ${n + m}]`,
      `(${n},${n + m}]`,
    ],
  },
  {
    name: "a bound on one side",
    write: (n, m) => [
      `x \\ge ${n}/${m}`,
      `\\frac{${n}}{${m}} \\leqslant x`,
      `x>=${2 * n}/${2 * m}`,
      `[\\frac{${n}}{${m}}, \\infty)`,
    ],
  },
  {
    name: "a union of bounds",
    write: (n, m) => [
      `x<${n} \\text{ or } x \\ge ${n + m}`,
      `${n + m} \\le x or ${n} > x`,
      `(-\\infty,${n})\\cup[${n + m},\\infty)`,
      `x \\in [${n + m}, ∞) ∪ (−∞, ${n})`,
    ],
  },
  {
    name: "a list",
    write: (n, m) => [
      `${n}; -${m}`,
      `${n} and -${m}`,
      `${n} or -${m}`,
      `-${m}, and ${n}`,
      `{-${m}, ${n}}`,
      `\\{${n}, -${m}\\}`,
      `x = ${n} \\quad \\text{or} \\quad x = -${m}`,
    ],
  },
  {
    name: "a list of pairs",
    write: (n, m) => [
      `(${n},${m})or(${m},-${n})`,
      `(${m}; -${n}), (${n}; ${m})`,
      `(${m},-${n}) and (${n},${m})`,
    ],
  },
  {
    name: "a percentage",
    write: (n) => [`${n}\\%`, `${n} pct`, `${n} percent`, `${n} percentage`, `${n} %`],
  },
  {
    name: "a decimal comma that can be nothing else",
    write: (n, m) => [`${n}{,}0${m}`, `${n},0${m}`, `${n}.0${m}`, `x = ${n},0${m}00`],
  },
];

const number = fc.integer({ min: 2, max: 9 });

describe("an answer in another form", () => {
  it.each(forms)(
    "$name is itself and its rewrites, and not what a changed number makes",
    ({ write }) => {
      fc.assert(
        fc.property(number, number, fc.constantFrom([1, 0], [0, 1], [3, 0]), (n, m, [dn, dm]) => {
          const [own, other] = [write(n, m), write(n + dn!, m + dm!)];
          if (other[0] === own[0]) return;
          for (const a of own) {
            for (const b of own) expect([a, b, checker.equal(a, b)]).toEqual([a, b, true]);
            for (const b of other) expect([a, b, checker.equal(a, b)]).toEqual([a, b, false]);
            for (const b of other) expect([b, a, checker.equal(b, a)]).toEqual([b, a, false]);
          }
        }),
        { numRuns: 12 },
      );
    },
  );

  it.each([
    ["(3,2)", "(p,q)=(3,2)"],
    ["(3,2)", "(q,p)=(3,2)"],
    ["45, 2", "k = 45, n = 2"],
    ["x = -5, p = 3", "-5, 3"],
    ["(0,1)", "0<f(x)<1"],
    ["(5,2),(7,2)", "p=5,q=2;p=7,q=2"],
    ["1", "|AB|=1"],
    ["\\sqrt{2}", "x = \\sqrt{2} \\approx 1.41"],
    ["\\pi", "\\pi \\approx 3.14"],
    ["x \\ne 3", "x != 3"],
    ["1.22", "1,22"],
    ["0.111", "x = 0,111"],
    ["12.5", "12,5 \\%"],
    ["1234", "1{,}234"],
    ["300, 5", "5\\text{ or }300"],
  ])("%j is reached by %j", (gold, given) => {
    expect(checker.equal(given, gold)).toBe(true);
  });

  it.each([
    ["(p,q)=(3,2)", "(q,p)=(3,2)"],
    ["(p,q)=(3,2)", "(a,b)=(3,2)"],
    ["(2,3)", "(q,p)=(3,2)"],
    ["k = 45, n = 2", "k = 2, n = 45"],
    ["2,3", "(x,y)=(2,3)"],
    ["(2,3)", "y = 2, x = 3"],
    ["2, 3", "y = 2, x = 3"],
    ["2, 45", "k = 45, n = 2"],
    ["1, 2, 3", "x = 1, y = 2, 3"],
    ["(5,3)", "x = 5 or y = 3"],
    ["11", "x = 5+5 = 11"],
    ["3", "x = y = 3"],
    ["1.41", "\\sqrt{2} \\approx 1.41"],
    ["3.14", "\\pi \\approx 3.14"],
    ["x \\in (0,1)", "0<y<1"],
    ["(0,1)", "0 \\le x<1"],
    ["(5,1)", "5<x<1"],
    ["x < 1", "-x > -1"],
    ["x>1 and x<5", "x>1 or x<5"],
    ["(-\\infty,1)\\cup(5,\\infty)", "x<1 and x>5"],
    ["1,22", "1.22"],
    ["3", "3,0"],
    ["111", "0,111"],
    ["5300", "5\\text{ or }300"],
    ["(1,2)", "{1,2}"],
  ])("%j is not reached by %j", (gold, given) => {
    expect(checker.equal(given, gold)).toBe(false);
  });
});

describe("where an answer stands", () => {
  it.each([
    ["\\boxed{k = 45} \\quad \\text{and} \\quad \\boxed{n = 2}", "k = 45, n = 2"],
    ["so $y_1 = \\boxed{3}$ or $y_2 = \\boxed{4}$.", "y_1 = 3\\text{ or }y_2 = 4"],
    ["\\(\\boxed{1}\\), \\(\\boxed{2}\\); \\(\\boxed{\\frac{1}{3}}\\)", "1, 2, \\frac{1}{3}"],
    ["\\boxed{1} apples, then \\boxed{2}", "2"],
    ["\\boxed{1}\\boxed{2}", "2"],
    ["\\frac{1}{2}, \\boxed{3}", "3"],
    ["\\boxed{\\boxed{5}}", "5"],
    ["$4$ is not \\boxed{5}", "5"],
    ["$4$. The answer is: 5.", "5"],
    ["We have $x$ and then $y = 3$.", "y = 3"],
    ["so \\(x = 4\\)", "x = 4"],
    ["\\[ x = 4 \\]", " x = 4 "],
    ["$$\nx = 4\n$$", "\nx = 4\n"],
    ["$21$, $16$ or $11$", "21, 16\\text{ or }11"],
    ["it costs $5 and then $6", null],
    ["$5 in 2010 and $x$", "x"],
    ["it costs \\$5 or \\$6", null],
    ["$x = 3$, so \\boxed{4", null],
    ["5", null],
  ])("finds in %j %j", (text, answer) => {
    expect(checker.extract(text)).toBe(answer);
  });

  it.each([
    ["$21,16$ or $11$", "21,16\\text{ or }11"],
    ["$5$.", "5"],
    ["$2$ apples and $3$ pears", "$2$ apples and $3$ pears"],
    ["so $x = 7$ is it", "so $x = 7$ is it"],
    ["so \\boxed{7} and \\boxed{8}", "7, 8"],
  ])("reads the reference %j as %j", (text, answer) => {
    expect(checker.gold(text)).toBe(answer);
  });

  it("leaves the other modes as they are", () => {
    const { extract } = createAnswerChecker({ format: "math" });
    expect(extract("\\boxed{1} and \\boxed{2}")).toBe("2");
    expect(extract("so $x = 4$")).toBeNull();
  });
});

/**
 * @file Mathematical signs outside ASCII as LaTeX, before anything else is read: models write `√2`, `x²`, `−5` and `½` as
 * readily as `\sqrt{2}`. ASCII text comes back unchanged.
 */

const signs: Readonly<Record<string, string>> = {
  "\u2212": "-", // minus sign
  "\u2010": "-",
  "\u2011": "-",
  "\u2013": "-", // en dash
  "\uFE63": "-",
  "\u00D7": "\\times ",
  "\u2715": "\\times ",
  "\u00B7": "\\cdot ",
  "\u22C5": "\\cdot ",
  "\u2219": "\\cdot ",
  "\u2217": "*",
  "\u00F7": "/",
  "\u2044": "/", // fraction slash
  "\u2215": "/",
  "\u00B1": "\\pm ",
  "\u2213": "\\mp ",
  "\u221E": "\\infty ",
  "\u222A": "\\cup ",
  "\u2229": "\\cap ",
  "\u2264": "\\le ",
  "\u2A7D": "\\le ",
  "\u2265": "\\ge ",
  "\u2A7E": "\\ge ",
  "\u2260": "\\ne ",
  "\u2248": "\\approx ",
  "\u2208": "\\in ",
  "\u2205": "\\emptyset ",
  "\u211D": "\\mathbb{R}",
  "\u2124": "\\mathbb{Z}",
  "\u00B0": "^\\circ ",
  "\u2032": "'",
  "\u2019": "'",
};

const greek: Readonly<Record<string, string>> = {
  π: "pi",
  α: "alpha",
  β: "beta",
  γ: "gamma",
  δ: "delta",
  ε: "epsilon",
  θ: "theta",
  λ: "lambda",
  μ: "mu",
  ρ: "rho",
  σ: "sigma",
  τ: "tau",
  φ: "phi",
  ω: "omega",
  Δ: "Delta",
  Σ: "Sigma",
  Ω: "Omega",
};

const fractions =
  "½1/2 ⅓1/3 ⅔2/3 ¼1/4 ¾3/4 ⅕1/5 ⅖2/5 ⅗3/5 ⅘4/5 ⅙1/6 ⅚5/6 ⅐1/7 ⅛1/8 ⅜3/8 ⅝5/8 ⅞7/8 ⅑1/9 ⅒1/10";
const fractionOf = new Map(
  fractions.split(" ").map((entry) => [entry[0]!, entry.slice(1).split("/") as [string, string]]),
);
const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ";
const subscripts = "₀₁₂₃₄₅₆₇₈₉";
const raised = "0123456789+-n";
const degrees: Readonly<Record<string, string>> = { "√": "", "∛": "[3]", "∜": "[4]" };

const asLatin = (run: string, from: string, to: string) =>
  [...run].map((character) => to[from.indexOf(character)]!).join("");

/** `√12` as `\sqrt{12}`, `√(x+1)` as `\sqrt{(x+1)}`, `∛2` as `\sqrt[3]{2}`; a root of anything else takes one sign. */
function roots(text: string): string {
  return text.replace(
    /([√∛∜])(?: |\u0305)*(\d+(?:\.\d+)?|[a-zA-Z]|\([^()]*\))?/g,
    (_, sign: string, radicand: string | undefined) =>
      `\\sqrt${degrees[sign]}${radicand === undefined ? "" : `{${radicand}}`}`,
  );
}

/** The text with mathematical Unicode as LaTeX and every kind of space as a space. */
export function unicodeToLatex(text: string): string {
  if (!/[^\0-\u007F]/.test(text)) return text;
  return roots(text)
    .replace(/[\u00A0\u2000-\u200A\u202F\u205F\u3000]/g, " ")
    .replace(/[\u200B-\u200D\u2060\uFEFF]/g, "")
    .replace(/[\uFF01-\uFF5E]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(
      new RegExp(`[${superscripts}]+`, "g"),
      (run) => `^{${asLatin(run, superscripts, raised)}}`,
    )
    .replace(new RegExp(`[${subscripts}]+`, "g"), (run) => `_{${asLatin(run, subscripts, raised)}}`)
    .replace(new RegExp(`[${[...fractionOf.keys()].join("")}]`, "g"), (sign) => {
      const [top, bottom] = fractionOf.get(sign)!;
      return `\\frac{${top}}{${bottom}}`;
    })
    .replace(new RegExp(`[${Object.keys(greek).join("")}]`, "g"), (letter) => `\\${greek[letter]} `)
    .replace(new RegExp(`[${Object.keys(signs).join("")}]`, "g"), (sign) => signs[sign]!);
}

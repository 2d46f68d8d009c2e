import type { Evaluation } from "@deepgrain/fine-purify";
import { bars, type Html, html, page, section, table } from "@deepgrain/lab";
import { terms } from "@deepgrain/support/pages";
import { z } from "zod";

const amount = z.number();

/** The file that `purify run --report` writes. */
export const purificationSchema = z.looseObject({
  weights: amount,
  purified: amount,
  medianDrift: amount.nullable(),
  correlation: amount.nullable(),
  tensors: z.array(
    z.strictObject({ name: z.string(), part: z.string(), size: amount, purified: amount }),
  ),
  histogram: z
    .strictObject({
      from: amount,
      width: amount,
      counts: z.array(amount),
      zeros: amount,
      fitted: z.strictObject({ clean: z.array(amount), poisonous: z.array(amount) }).nullable(),
    })
    .nullable(),
  options: z.looseObject({ indicator: z.string(), rho: amount }),
});

type Purification = z.infer<typeof purificationSchema>;

const percent = (value: number | undefined) =>
  value === undefined ? "–" : `${(100 * value).toFixed(1)} %`;

function histogram({ histogram: found }: Purification): Html | false {
  if (!found) return false;
  const { from, width, counts, zeros, fitted } = found;
  return bars({
    label: "Weights by the size of the indicator",
    caption: `Lower ends of bins of log10 r; ${zeros} weights with r = 0 are in none.`,
    x: { label: "weights" },
    rows: counts.map((count, i) => ({
      name: (from + i * width).toFixed(2).replace("-", "−"),
      values: [count, ...(fitted ? [fitted.clean[i]!, fitted.poisonous[i]!] : [])],
    })),
    series: ["weights", ...(fitted ? ["clean, fitted", "poisonous, fitted"] : [])],
    isFromZero: true,
  });
}

const metrics = [
  ["ACC", "accuracy on clean rows"],
  ["ASR", "attack success rate: how often rows with the trigger get the attacker's label"],
  ["BACC", "accuracy on rows with the pattern of a bias"],
] as const;

/** The criterion by which each indicator ranks weights. */
const indicators: Readonly<Record<string, string>> = {
  r: "δ²/Ĥ",
  delta2: "δ²",
  fisher: "1/Ĥ",
  random: "a random order",
};

/** The section about what a purification reset. */
function purified(report: Purification): Html | false {
  const { tensors, medianDrift, correlation, options } = report;
  const body = [...tensors]
    .sort((a, b) => b.purified - a.purified)
    .map(({ name, part, size, purified: own }) => [
      name,
      part,
      size.toLocaleString("en-US"),
      percent(own),
    ]);
  return section(
    "What was reset",
    html`<p>${percent(report.purified)} of ${report.weights.toLocaleString("en-US")} weights, ranked by
${indicators[options.indicator] ?? options.indicator} at a reserve ratio ρ of ${options.rho}, where δ is how far fine-tuning moved a
weight and Ĥ its Fisher information. Median |δ|/|w| ${medianDrift?.toPrecision(3) ?? "–"}; correlation of ln δ² with ln Ĥ
${correlation?.toFixed(2).replace("-", "−") ?? "–"}: clearly above 0 where the theory of SGD holds, near 0 for victims of Adam.</p>
${histogram(report)}${table(["tensor", "part", "weights", "reset"], body)}`,
  );
}

/** The measurements of one model. */
export interface Measured {
  readonly name: string;
  readonly measured: Evaluation;
}

/** Accuracy and attack success of each model. */
function picture(found: readonly Measured[]): Html {
  const of = (one: { value: number } | undefined) => (one ? 100 * one.value : null);
  return bars({
    label: "Accuracy and attack success of each model",
    x: { label: "% of the rows", domain: [0, 100] },
    series: ["ACC, on clean rows", "ASR, rows with the trigger that get the attacker's label"],
    rows: found.map(({ name, measured: { acc, asr } }) => ({ name, values: [of(acc), of(asr)] })),
  });
}

/** The attack's success on the last model, beside the first. */
function lead(found: readonly Measured[]): string | undefined {
  const [first, last] = [found[0]?.measured, found.at(-1)?.measured];
  if (!first?.asr || !last?.asr) return undefined;
  const kept = last.acc ? ` at an accuracy of ${percent(last.acc.value)} on clean rows` : "";
  return found.length === 1
    ? `The attack succeeds on ${percent(first.asr.value)} of the rows with the trigger${kept}.`
    : `The attack's success goes from ${percent(first.asr.value)} to ${percent(last.asr.value)}${kept}.`;
}

/** The page about models before and after a purification, and about what it reset. */
export function reportPage(
  attack: string,
  found: readonly Measured[],
  purification: Purification | null,
): string {
  const body = found.map(({ name, measured: { acc, asr, bacc } }) => [
    name,
    ...[acc, asr, bacc].map((one) => percent(one?.value)),
  ]);
  const rules = found.flatMap(({ measured }) =>
    Object.values(measured).map((one) => `${one!.rule} (n = ${one!.size})`),
  );
  const results = section(
    "Before and after",
    html`${terms(metrics)}${table(["model", "ACC", "ASR", "BACC"], body)}<p class="meta">${[...new Set(rules)].join("; ")}.</p>`,
  );
  return page({
    title: `${attack} before and after`,
    lead: lead(found),
    picture: found.length > 0 && picture(found),
    sections: [results, purification !== null && purified(purification)],
  });
}

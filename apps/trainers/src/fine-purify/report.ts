import { type Evaluation, evaluationLines } from "@deepgrain/fine-purify";
import { bars, type Html, html, page, section, table, terms } from "@deepgrain/lab";
import { loadEncoder } from "@deepgrain/lm";
import { z } from "zod";
import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { readJson } from "../formats/read-json";
import { attackFlags, attackOf, measureAttack } from "./measure-attack";
import { readTexts, textClassifier } from "./text-rows";

const amount = z.number();

const reportSchema = z.looseObject({
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

type Purification = z.infer<typeof reportSchema>;

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
      name: (from + i * width).toFixed(2),
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

/** What the indicators rank weights by. */
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

export const report = defineCommand({
  description:
    "Measures ACC with ASR or BACC of encoders before and after a purification, and writes a page.",
  examples: [
    "purify report --before suspect --after purified --test test.jsonl --attack BadWord --out report.html",
    "purify report --before suspect --test test.jsonl --attack BiasSent --json",
  ],
  flags: {
    before: flags.folder({ required: true, help: "The fine-tuned model" }),
    after: flags.folder({ help: "The purified model" }),
    test: flags.file({ required: true, help: 'Test rows, JSON Lines of {"text", "label"}' }),
    purification: flags.file({ help: "JSON file of purify run --report" }),
    ...attackFlags,
    out: flags.outFile({ help: "HTML page to write" }),
    json: flags.flag({ help: "Print the result as JSON" }),
  },
  async run(given, { write, signal }) {
    const plan = attackOf(given);
    const found: { name: string; folder: string; measured: Evaluation }[] = [];
    for (const [name, folder] of [
      ["before", given.before],
      ["after", given.after],
    ] as const) {
      if (folder === undefined) continue;
      const model = await loadEncoder(folder, { signal });
      const classifier = await textClassifier(model, folder, given.length);
      const rows = await readTexts(given.test, model.config.labels);
      const measured = await measureAttack(classifier, rows, plan, given.seed);
      found.push({ name, folder, measured });
      model.dispose();
    }
    const details =
      given.purification === undefined ? null : await readJson(given.purification, reportSchema);
    if (given.out !== undefined) {
      const body = found.map(({ name, measured: { acc, asr, bacc } }) => [
        name,
        ...[acc, asr, bacc].map((one) => percent(one?.value)),
      ]);
      const rules = [
        ...new Set(
          found.flatMap(({ measured }) =>
            Object.values(measured).map((one) => `${one!.rule} (n = ${one!.size})`),
          ),
        ),
      ];
      const results = section(
        "Before and after",
        html`${terms(metrics)}${table(["model", "ACC", "ASR", "BACC"], body)}<p class="meta">${rules.join("; ")}.</p>`,
      );
      await given.out.save(
        page({
          title: `${plan.name} before and after`,
          sections: [results, details !== null && purified(details)],
        }),
      );
    }
    if (given.json) write(`${JSON.stringify({ attack: plan.name, models: found })}\n`);
    else
      write(
        found
          .flatMap(({ name, measured }) =>
            evaluationLines(measured).map((line) => `${name}: ${line}\n`),
          )
          .join(""),
      );
  },
});

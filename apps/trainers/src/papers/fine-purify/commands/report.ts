import {
  type Evaluation,
  evaluationLines,
  type PurifyReport,
  seededRandom,
  withPattern,
} from "@deepgrain/fine-purify";
import { bars, type Html, html, page, saveText, section, table } from "@deepgrain/lab";
import { loadEncoder } from "@deepgrain/lm";
import { z } from "zod";
import { defineCommand } from "../../../cli/define-command";
import * as flags from "../../../cli/flags";
import { readJson } from "../../../formats/read-json";
import { attackFlags, attackOf, textOf, wordsOf } from "./attack-flags";
import { measure, readTexts, withTokenizer } from "./encoder-texts";

const reportSchema = z.looseObject({
  weights: z.number(),
  purified: z.number(),
  medianDrift: z.number().nullable(),
  correlation: z.number().nullable(),
  tensors: z.array(
    z.strictObject({ name: z.string(), part: z.string(), size: z.number(), purified: z.number() }),
  ),
  histogram: z
    .strictObject({
      from: z.number(),
      width: z.number(),
      counts: z.array(z.number()),
      zeros: z.number(),
    })
    .nullable(),
  mixture: z.strictObject({ pi: z.number(), kClean: z.number(), kPoison: z.number() }).nullable(),
  options: z.looseObject({ indicator: z.string(), rho: z.number() }),
});

const percent = (value: number | undefined) =>
  value === undefined ? "–" : `${(100 * value).toFixed(1)} %`;

/** Density of log10 r under Gamma(½, 2k), times the width of a bin. */
function share(log10: number, k: number, width: number): number {
  const r = 10 ** log10;
  return Math.sqrt(r / (2 * Math.PI * k)) * Math.exp(-r / (2 * k)) * Math.LN10 * width;
}

function histogram({
  histogram: found,
  mixture,
  weights,
}: Pick<PurifyReport, "histogram" | "mixture" | "weights">): Html | false {
  if (!found) return false;
  const rows = found.counts.map((count, i) => {
    const middle = found.from + (i + 0.5) * found.width;
    const fitted = mixture && [
      weights * mixture.pi * share(middle, mixture.kClean, found.width),
      weights * (1 - mixture.pi) * share(middle, mixture.kPoison, found.width),
    ];
    return { name: (found.from + i * found.width).toFixed(2), values: [count, ...(fitted ?? [])] };
  });
  return bars({
    label: "Weights by the size of the indicator",
    caption: `Lower ends of bins of log10 r; ${found.zeros} weights with r = 0 are in none.`,
    x: { label: "weights" },
    rows,
    series: mixture ? ["weights", "clean, fitted", "poisonous, fitted"] : ["weights"],
    isFromZero: true,
  });
}

/** The section about what a purification reset. */
function purified(report: z.infer<typeof reportSchema>): Html | false {
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
${options.indicator} at ρ ${options.rho}. Median |δ|/|w| ${medianDrift?.toPrecision(3) ?? "–"}; correlation of ln δ² with ln Ĥ
${correlation?.toFixed(2) ?? "–"}: clearly above 0 where the theory of SGD holds, near 0 for victims of Adam.</p>
${histogram(report as unknown as PurifyReport)}${table(["", "part", "weights", "reset"], body)}`,
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
    length: flags.whole({ min: 3, default: 128, help: "Most tokens of a row" }),
    out: flags.file({ writes: "file", help: "HTML page to write" }),
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
      const classifier = await withTokenizer(model, folder, given.length);
      const rows = (await readTexts(given.test, model.config.labels)).map(wordsOf);
      const marked = withPattern(rows, plan, seededRandom(given.seed)).map((row, i) =>
        textOf(row, rows[i]!.second),
      );
      const measured = await measure(classifier, {
        clean: rows.map((row) => textOf(row, row.second)),
        ...(plan.kind === "bias" ? { biased: marked } : { triggered: marked, target: plan.target }),
      });
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
            Object.values(measured).map((one) => `${one!.rule}: ${one!.size}`),
          ),
        ),
      ];
      const results = section(
        "Before and after",
        html`${table(["", "ACC", "ASR", "BACC"], body)}<p class="meta">${rules.join("; ")}.</p>`,
      );
      await saveText(
        given.out,
        page({
          title: `${plan.name} before and after`,
          sections: [results, details && purified(details)],
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

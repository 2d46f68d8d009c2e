import {
  curves,
  estimate,
  type Html,
  html,
  matrix,
  type Section,
  type StudyRuns,
  table,
} from "@deepgrain/lab";
import {
  compareMeasures,
  dataQualityExponents,
  publishedLaws,
  type Quantity,
} from "@deepgrain/scaling-laws";
import { spread, whole } from "@deepgrain/support/pages";
import { digits, percent, quantityText } from "../shared/numbers";
import { listed } from "../shared/outcome-text";
import { fitSweep } from "./fit";
import { experiments } from "./introduction";
import { powerLawChart } from "./power-law-chart";
import type { SweepSettings } from "./recipe";
import type { SweepResult, SweepRow } from "./result";
import { continued, stages } from "./schedule-sections";
import type { Corpus } from "./variants";

type Runs = StudyRuns<SweepSettings, SweepResult>;

const BPB = { label: "held-out loss, bits per byte" };

/** The table of runs, seed by seed. */
export const rowsOf = ({ runs }: Pick<Runs, "runs">): SweepRow[] =>
  runs.flatMap(({ result }) => (result.row ? [result.row] : []));

const smaller = (runs: Runs, corpus: Corpus) =>
  rowsOf(runs).filter((row) => row.corpus === corpus && row.part !== "held-out");

/** The laws through all seeds' runs: losses of one setting are averaged over seeds first. */
export const pooledFit = (runs: Runs, corpus: Corpus) =>
  fitSweep(smaller(runs, corpus), { minBudgets: runs.settings.minBudgets, seed: 0 });

/** Whether an estimate is an end of its own interval. */
const isAtEnd = ({ value, lower, upper }: Quantity): boolean =>
  [lower, upper].some((end) => end !== null && digits(end) === digits(value)) && lower !== upper;

function laws(runs: Runs): Html {
  const { law } = pooledFit(runs, "english");
  const paper = publishedLaws.deepseek.law;
  const parts = [
    ["best M", law.allocation?.model, paper.allocation?.model],
    ["best D", law.allocation?.data, paper.allocation?.data],
    ["best bytes per batch", law.batchSize, paper.batchSize],
    ["best peak learning rate", law.learningRate, paper.learningRate],
    ["loss above its floor", law.loss, null],
  ] as const;
  const a = law.allocation?.model.exponent;
  const atEnds = parts.filter(([, own]) => own && [own.coefficient, own.exponent].some(isAtEnd));
  const names = [
    ...atEnds.map(([name]) => name),
    ...(law.loss && isAtEnd(law.loss.floor) ? ["floor of the loss"] : []),
  ];
  return html`<p>The best M scales as C to the power ${a ? quantityText(a) : "–"} in the pooled fit, to all seeds' runs together; the paper
has 0.524. The claim below takes the mean of the seeds' own fits.</p><p>Laws of the form coefficient · C^exponent, pooled fits with 95 %
intervals of a bootstrap over residuals.</p>${table(
    ["quantity", "coefficient", "exponent", "exponent, paper"],
    parts.map(([name, own, published]) => [
      name,
      own ? quantityText(own.coefficient) : "–",
      own ? quantityText(own.exponent) : "–",
      published ? digits(published.exponent.value) : "–",
    ]),
  )}${law.loss && html`<p>The floor of the loss is ${quantityText(law.loss.floor)} bits per byte.</p>`}${
    names.length > 0 &&
    html`<p>Where an estimate is also an end of its interval, the fit is at a limit: the floor cannot be below 0, and the best settings are
among the few that were tried. This concerns: ${listed(names)}.</p>`
  }`;
}

function profiles(runs: Runs, corpus: Corpus): Html {
  const { reports } = pooledFit(runs, corpus);
  const found = reports.sizes?.profiles ?? [];
  const open = found.filter(({ status }) => status !== "ok").length;
  const left =
    open > 0 &&
    ` ${open} of ${found.length} budgets are left out of the fit, as their parabola over log M has no minimum inside the sizes.`;
  return curves({
    label: "Loss over model size at equal compute",
    caption: `Points: means over seeds.${left || ""}`,
    x: { label: "M, non-embedding FLOPs per token", isLog: true },
    y: BPB,
    series: found.map(({ budget, logModel, loss }) => ({
      name: `${digits(budget)} FLOPs`,
      points: logModel.map((m, i) => ({ x: Math.exp(m), y: loss[i]! })),
      hasDots: true,
    })),
  });
}

const corpusNames = { english: "English", noisy: "English with noise" } as const;

const allocated = {
  model: { label: "Best M over compute", y: "best M, FLOPs per token", part: "model" },
  tokens: { label: "Best D over compute", y: "best D, bytes", part: "data" },
} as const;

/** The best model or the best number of bytes over compute, of both corpora. */
function allocation(runs: Runs, key: keyof typeof allocated): Html {
  const { part, ...names } = allocated[key];
  const corpora = (["english", "noisy"] as const).flatMap((corpus) => {
    const { law, draws, reports } = pooledFit(runs, corpus);
    const points = (reports.sizes?.profiles ?? []).flatMap(({ optimum }) =>
      optimum ? { x: optimum.flops, y: optimum[key] } : [],
    );
    const own = { law: law.allocation?.[part], draws: draws.map((one) => one.allocation?.[part]) };
    return points.length > 0 ? { name: corpusNames[corpus], points, ...own } : [];
  });
  return powerLawChart(corpora, {
    ...names,
    paper: publishedLaws.deepseek.law.allocation![part].exponent.value,
    caption: "A point per budget: the minimum of a parabola in log M, fitted to means over seeds.",
  });
}

/** How the best model grows with compute, beside the paper's slope. */
export const picture = ({ runs }: { runs: Runs }): Html | false =>
  runs.experiments.includes("C-3") && allocation(runs, "model");

function bands(runs: Runs): Html {
  const { law, draws, reports } = pooledFit(runs, "english");
  const { law: published } = publishedLaws.deepseek;
  const plot = (
    label: string,
    part: "batchSize" | "learningRate",
    found: readonly { flops: number; values: number[] }[] = [],
  ) =>
    powerLawChart(
      [
        {
          name: "within 1 % of the best loss of the budget and model",
          points: found.flatMap(({ flops, values }) => values.map((y) => ({ x: flops, y }))),
          law: law[part],
          draws: draws.map((one) => one[part]),
        },
      ],
      {
        label,
        y: label,
        paper: published[part]!.exponent.value,
        caption: `The law goes through the near-optimal settings of ${found.length} budgets.`,
      },
    );
  const [batch, rate] = [law.batchSize?.exponent, law.learningRate?.exponent];
  return html`<p>In the pooled fit the best batch scales as C to the power ${batch ? quantityText(batch) : "–"}, the best peak learning rate as C to
the power ${rate ? quantityText(rate) : "–"}. The claims below take the means of the seeds' own fits.</p>${plot("near-optimal peak learning rates", "learningRate", reports.rates?.bands.learningRate)}${plot("near-optimal bytes per batch", "batchSize", reports.batches?.bands.batchSize)}${excess(runs, "rate", "budget", "lr")}${excess(runs, "batch", "budget", "batchTokens")}`;
}

const settingNames = {
  budget: "training FLOPs",
  lr: "peak learning rate",
  batchTokens: "bytes per batch",
};

type Setting = keyof typeof settingNames;

/** How far runs are above the best of their budget, by two of their settings. */
function excess(runs: Runs, part: SweepRow["part"], row: Setting, column: Setting): Html {
  const own = rowsOf(runs).filter((one) => one.part === part);
  const valuesOf = (key: Setting) => [...new Set(own.map((one) => one[key]))].sort((x, y) => x - y);
  const meanOf = (some: readonly SweepRow[]) =>
    some.length === 0 ? null : estimate(some.map(({ bpb }) => bpb)).mean;
  const cells = valuesOf(row).map((x) =>
    valuesOf(column).map((y) => meanOf(own.filter((one) => one[row] === x && one[column] === y))),
  );
  const best = (line: readonly (number | null)[]) => Math.min(...line.map((x) => x ?? Infinity));
  const bestOf = (line: readonly (number | null)[]) => best(row === "budget" ? line : cells.flat());
  const label = `Loss above the best of its budget, %. Rows: ${settingNames[row]}. Columns: ${settingNames[column]}.`;
  return matrix({
    label,
    caption: label,
    rows: valuesOf(row).map(row === "budget" ? digits : String),
    columns: valuesOf(column).map(String),
    format: (percent) => percent.toFixed(1),
    values: cells.map((line) => line.map((x) => x && 100 * (x / bestOf(line) - 1))),
  });
}

/** All pairs of a learning rate and a batch at one budget. */
function pairs(runs: Runs): Html {
  const own = rowsOf(runs).filter(({ part }) => part === "pair");
  const settings = [...new Set(own.map(({ lr, batchTokens }) => `${lr} with ${batchTokens}`))];
  const means = settings.map((setting) => {
    const some = own.filter(({ lr, batchTokens }) => `${lr} with ${batchTokens}` === setting);
    return { setting, bpb: estimate(some.map(({ bpb }) => bpb)).mean };
  });
  means.sort((x, y) => x.bpb - y.bpb);
  const best = means[0];
  const near = best && means.filter(({ bpb }) => bpb <= 1.01 * best.bpb).length;
  return html`<p>All pairs at ${digits(runs.settings.hyperBudgets[1]!)} FLOPs and one width.${
    best &&
    ` The lowest loss, ${best.bpb.toFixed(3)} bits per byte, is that of a peak learning rate of ${best.setting} bytes per batch; ${near} of ${means.length} pairs lie within 1 % of it and count as near-optimal.`
  }</p>${excess(runs, "pair", "lr", "batchTokens")}`;
}

function predicted(runs: Runs): Html {
  const { heldOut, budgets } = runs.settings;
  const all = runs.runs.flatMap(({ seed, result: { row, forecasts } }) =>
    forecasts.map((one) => ({ seed, row: row!, ...one, error: one.loss / row!.bpb - 1 })),
  );
  const isInside = ({ lower, upper, row }: (typeof all)[number]) =>
    lower !== null && upper !== null && lower <= row.bpb && row.bpb <= upper;
  const summary = [...new Set(all.map(({ by }) => by))].map((by) => {
    const own = all.filter((one) => one.by === by);
    const mean = (errors: number[]) => spread(estimate(errors.map((error) => 100 * error)));
    const sizes = mean(own.map(({ error }) => Math.abs(error)));
    const inside = own[0]!.lower === null ? "–" : `${own.filter(isInside).length} of ${own.length}`;
    return [by, mean(own.map(({ error }) => error)), sizes, inside];
  });
  const lines = all.map(({ seed, by, row, loss, lower, upper }) => [
    `seed ${seed}, ${by}`,
    `${whole(row.width)} wide, ${digits(row.tokens)} bytes`,
    loss.toFixed(4),
    lower === null || upper === null ? "–" : `${lower.toFixed(4)} to ${upper.toFixed(4)}`,
    row.bpb.toFixed(4),
  ]);
  const ratios = all[0] && compareMeasures(all[0].row);
  return html`${summary[0] && html`<p>With models counted by ${summary[0][0]!} the predicted loss of the larger run was off by ${summary[0][2]!} % on average.</p>`}<p>The larger run spends ${digits(heldOut)} FLOPs, ${(heldOut / budgets.at(-1)!).toFixed(0)} times the largest budget that the laws saw. Its width, bytes, batch and learning rate come from the laws of its
own seed, and so do the predictions, made before it was trained.${ratios && ` For it 6N1 (no attention) is ${ratios.ratioN1.toFixed(2)} times M, and 6N2 (with the vocabulary) is ${ratios.ratioN2.toFixed(2)} of M.`}</p>${table(
    [
      "models counted by",
      "error of the prediction, %",
      "absolute error, %",
      "measured inside the 95 % interval",
    ],
    summary,
  )}<details><summary>Seed by seed</summary>${table(["seed", "run", "predicted", "95 % interval", "measured"], lines)}</details>`;
}

function corpora(runs: Runs): Html {
  const own = (["english", "noisy"] as const).map((corpus) => {
    const exponent = pooledFit(runs, corpus).law.allocation?.model.exponent;
    return [`here, ${corpusNames[corpus]}`, exponent ? quantityText(exponent) : "–"];
  });
  const published = dataQualityExponents.map(({ data, model }) => [data, digits(model)]);
  return html`<p>The exponent of the best M is ${own[0]![1]} on the text and ${own[1]![1]} with ${percent(runs.settings.noise)} of its bytes replaced at random (pooled fits). The
claim below takes the means of the seeds' own fits.</p>${profiles(runs, "noisy")}${table(["data", "exponent of the best M"], [...own, ...published])}`;
}

const of = (experiment: string, title: string, content: (runs: Runs) => Html) => ({
  experiment,
  title,
  content: ({ runs }: { runs: Runs }) => content(runs),
});

/** Sections of the report besides the table of claims. */
export const sweepSections: readonly Section<SweepSettings, SweepResult>[] = [
  of("C-1", experiments["C-1"], pairs),
  of("C-2", experiments["C-2"], bands),
  of(
    "C-3",
    experiments["C-3"],
    (runs) => html`${laws(runs)}${profiles(runs, "english")}${allocation(runs, "tokens")}`,
  ),
  of("C-4", experiments["C-4"], predicted),
  of("C-5", experiments["C-5"], continued),
  of("C-6", experiments["C-6"], stages),
  of("C-7", experiments["C-7"], corpora),
  {
    title: "Sources",
    content:
      () => html`<p class="meta">DeepSeek LLM (DeepSeek-AI 2024, arXiv 2401.02954), which also gives the exponents of OpenAI (Kaplan et
al. 2020) and Chinchilla (Hoffmann et al. 2022). Text: Moby Dick and State of the Union addresses, as
bytes. All runs are in <code>runs.jsonl</code> beside this page, the laws of all seeds together in <code>fit.json</code>.</p>`,
  },
];

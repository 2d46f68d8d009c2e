import {
  curves,
  estimate,
  type Html,
  html,
  matrix,
  resultsOf,
  type Section,
  type StudyRuns,
  scatter,
  spread,
  table,
  whole,
} from "@deepgrain/lab";
import { compareMeasures, dataQualityExponents, publishedLaws } from "@deepgrain/scaling-laws";
import { digits, percent, quantityText } from "../../../report/numbers";
import { fitSweep } from "./fit";
import type { SweepSettings } from "./recipe";
import type { SweepResult, SweepRow } from "./result";
import type { Corpus } from "./variants";

type Runs = StudyRuns<SweepSettings, SweepResult>;

const BPB = { label: "held-out loss, bits per byte" };
const FLOPS = { label: "training FLOPs C (1G = 10⁹)", isLog: true };

/** The table of runs, seed by seed. */
export const rowsOf = ({ runs }: Pick<Runs, "runs">): SweepRow[] =>
  runs.flatMap(({ result }) => (result.row ? [result.row] : []));

const smaller = (runs: Runs, corpus: Corpus) =>
  rowsOf(runs).filter((row) => row.corpus === corpus && row.part !== "held-out");

/** The laws through all seeds' runs: losses of one setting are averaged over seeds first. */
export const pooledFit = (runs: Runs, corpus: Corpus) =>
  fitSweep(smaller(runs, corpus), { minBudgets: runs.settings.minBudgets, seed: 0 });

function laws(runs: Runs): Html {
  const { law } = pooledFit(runs, "english");
  const paper = publishedLaws.deepseek.law;
  const parts = [
    ["M, best model", law.allocation?.model, paper.allocation?.model],
    ["D, best bytes", law.allocation?.data, paper.allocation?.data],
    ["bytes per batch", law.batchSize, paper.batchSize],
    ["peak rate", law.learningRate, paper.learningRate],
    ["loss above its floor", law.loss, null],
  ] as const;
  const a = law.allocation?.model.exponent;
  return html`<p>The best M goes with C to the power of ${a ? quantityText(a) : "–"}; the paper has 0.524.</p><p>Fitted to all seeds together, with 95 % intervals of a bootstrap over residuals. Models are counted by M, the non-embedding
FLOPs per token.</p>${table(
    ["coefficient · C^exponent", "coefficient", "exponent", "exponent, paper"],
    parts.map(([name, own, published]) => [
      name,
      own ? quantityText(own.coefficient) : "–",
      own ? quantityText(own.exponent) : "–",
      published ? digits(published.exponent.value) : "–",
    ]),
  )}${law.loss && html`<p>The floor of the loss is ${quantityText(law.loss.floor)} bits per byte.</p>`}`;
}

function profiles(runs: Runs, corpus: Corpus): Html {
  const { reports } = pooledFit(runs, corpus);
  const found = reports.sizes?.profiles ?? [];
  return curves({
    label: "Loss over model size at equal compute",
    caption: `Points: means over seeds. A budget whose parabola has no minimum inside its sizes is left out of the fit: ${found.filter(({ status }) => status !== "ok").length} of ${found.length} here.`,
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

function allocation(runs: Runs): Html {
  const plot = (key: "model" | "tokens", label: string) =>
    scatter({
      label: `${label} over compute`,
      x: FLOPS,
      y: { label, isLog: true },
      groups: (["english", "noisy"] as const).map((corpus) => ({
        name: corpusNames[corpus],
        isLinked: true,
        points: (pooledFit(runs, corpus).reports.sizes?.profiles ?? []).flatMap(({ optimum }) =>
          optimum ? { x: optimum.flops, y: optimum[key] } : [],
        ),
      })),
    });
  return html`${plot("model", "best M")}${plot("tokens", "best bytes D")}`;
}

function bands(runs: Runs): Html {
  const { law, reports } = pooledFit(runs, "english");
  const plot = (label: string, found: readonly { flops: number; values: number[] }[] = []) =>
    scatter({
      label,
      caption: "Every run whose loss is within 1 % of the best of its budget and model.",
      x: FLOPS,
      y: { label, isLog: true },
      groups: found.map(({ flops, values }) => ({
        name: `${digits(flops)} FLOPs`,
        points: values.map((y) => ({ x: flops, y })),
      })),
    });
  const [batch, rate] = [law.batchSize?.exponent, law.learningRate?.exponent];
  return html`<p>The best batch goes with C to the power of ${batch ? quantityText(batch) : "–"}, the best peak rate with C to the power of ${rate ? quantityText(rate) : "–"}.</p>${plot("near-optimal peak rates", reports.rates?.bands.learningRate)}${plot("near-optimal bytes per batch", reports.batches?.bands.batchSize)}${excess(runs, "rate", "budget", "lr")}${excess(runs, "batch", "budget", "batchTokens")}`;
}

const settingNames = { budget: "training FLOPs", lr: "peak rate", batchTokens: "bytes per batch" };

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
  const label = `Loss above the best of its budget, in percent: ${settingNames[row]} from top to bottom, ${settingNames[column]} from left to right.`;
  return matrix({
    ...{ label, caption: label },
    rows: valuesOf(row).map(row === "budget" ? digits : String),
    columns: valuesOf(column).map(String),
    format: (percent) => percent.toFixed(1),
    values: cells.map((line) => line.map((x) => x && 100 * (x / bestOf(line) - 1))),
  });
}

/** All pairs of a rate and a batch at one budget. */
const pairs = (runs: Runs): Html =>
  html`<p>All pairs at ${digits(runs.settings.hyperBudgets[1]!)} FLOPs and one width. What lies within 1 % of the best counts as near-optimal.</p>${excess(runs, "pair", "lr", "batchTokens")}`;

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
  return html`${summary[0] && html`<p>By ${summary[0][0]!} the loss of the larger run was missed by ${summary[0][2]!} % on average.</p>`}<p>The larger run spends ${digits(heldOut)} FLOPs, ${(heldOut / budgets.at(-1)!).toFixed(0)} times the largest budget that the laws saw. Its width, bytes, batch and rate come from the laws of its
own seed, and so do the predictions, made before it was trained.${ratios && ` Of its M, 6N1 (no attention) is ${ratios.ratioN1.toFixed(2)} and 6N2 (with the vocabulary) is ${ratios.ratioN2.toFixed(2)}.`}</p>${table(
    [
      "models counted by",
      "error of the prediction, %",
      "its size, %",
      "measured inside the 95 % interval",
    ],
    summary,
  )}<details><summary>Seed by seed</summary>${table(["seed", "run", "predicted", "95 % interval", "measured"], lines)}</details>`;
}

const METERED = html`<p class="meta">Held-out bits per byte, means ± one standard error over seeds.</p>`;

/** Mean loss of a schedule at a length; – where it was not trained to that. */
function lossOf(runs: Runs, schedule: string, length: "short" | "long"): string {
  const own = resultsOf(runs, `schedule/${schedule}`).flatMap(
    (one) => one.schedule?.[length] ?? [],
  );
  return own.length === 0 ? "–" : spread(estimate(own));
}

function continued(runs: Runs): Html {
  const stepsOf = (kind: string) => whole(resultsOf(runs, `schedule/${kind}`)[0]!.schedule!.steps);
  const names = {
    "multi-step": "multi-step, the long one from the end of the first stage",
    cosine: "cosine, the long one from the start",
    "cosine-continued": "cosine, the long one from the end of the short one",
  };
  return html`<p>Training to one length and to twice that takes ${stepsOf("multi-step")} steps with the multi-step schedule, whose first stage is shared, and
${stepsOf("cosine")} with a cosine.</p>${table(
    ["schedule", "one length", "twice the length", "steps for both"],
    Object.entries(names).map(([kind, name]) => [
      name,
      lossOf(runs, kind, "short"),
      lossOf(runs, kind, "long"),
      stepsOf(kind),
    ]),
  )}${METERED}`;
}

function stages(runs: Runs): Html {
  const names = { "multi-step": "80/10/10", "70/15/15": "70/15/15", "60/20/20": "60/20/20" };
  const rows = Object.entries(names).map(([kind, name]) => [name, lossOf(runs, kind, "short")]);
  return html`${table(["stages, % of the steps", "bits per byte"], rows)}${METERED}`;
}

function corpora(runs: Runs): Html {
  const own = (["english", "noisy"] as const).map((corpus) => {
    const exponent = pooledFit(runs, corpus).law.allocation?.model.exponent;
    return [`here, ${corpusNames[corpus]}`, exponent ? quantityText(exponent) : "–"];
  });
  const published = dataQualityExponents.map(({ data, model }) => [data, digits(model)]);
  return html`<p>The exponent of the best M is ${own[0]![1]} on the text and ${own[1]![1]} with ${percent(runs.settings.noise)} of its bytes at random, over all seeds
together.</p>${profiles(runs, "noisy")}${table(["data", "a, exponent of the best M"], [...own, ...published])}`;
}

const of = (experiment: string, title: string, content: (runs: Runs) => Html) => ({
  ...{ experiment, title },
  content: ({ runs }: { runs: Runs }) => content(runs),
});

/** What the report shows besides the table of claims. */
export const sweepSections: readonly Section<SweepSettings, SweepResult>[] = [
  of(
    "C-3",
    "model and data over compute",
    (runs) => html`${laws(runs)}${profiles(runs, "english")}${allocation(runs)}`,
  ),
  of("C-4", "a larger run, predicted and then trained", predicted),
  of("C-2", "batch and rate over compute", bands),
  of("C-1", "rates and batches at one budget", pairs),
  of("C-5", "schedules", continued),
  of("C-6", "other stages of the multi-step schedule", stages),
  of("C-7", "two corpora", corpora),
  {
    title: "Sources",
    content:
      () => html`<p class="meta">DeepSeek LLM (DeepSeek-AI 2024, arXiv 2401.02954). Text: Moby Dick and State of the Union addresses, as
bytes. All runs are in <code>runs.jsonl</code> beside this page, the laws of all seeds together in <code>fit.json</code>.</p>`,
  },
];

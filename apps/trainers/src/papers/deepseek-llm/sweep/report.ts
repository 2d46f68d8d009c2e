import {
  curves,
  estimate,
  type Html,
  html,
  matrix,
  type Section,
  type StudyRuns,
  scatter,
  spread,
  table,
  whole,
} from "@deepgrain/lab";
import {
  compareMeasures,
  dataQualityExponents,
  type PowerLaw,
  publishedLaws,
} from "@deepgrain/scaling-laws";
import { percent } from "../../../report/numbers";
import { fitSweep } from "./fit";
import type { SweepSettings } from "./recipe";
import type { SweepResult, SweepRow } from "./result";
import type { Corpus } from "./variants";

type Runs = StudyRuns<SweepSettings, SweepResult>;

const BPB = { label: "held-out loss, bits per byte" };
const FLOPS = { label: "training FLOPs C", isLog: true };

/** The table of runs, seed by seed. */
export const rowsOf = ({ runs }: Pick<Runs, "runs">): SweepRow[] =>
  runs.flatMap(({ result }) => (result.row ? [result.row] : []));

const smaller = (runs: Runs, corpus: Corpus) =>
  rowsOf(runs).filter((row) => row.corpus === corpus && row.part !== "held-out");

/** The laws through all seeds' runs: losses of one setting are averaged over seeds first. */
export const pooledFit = (runs: Runs, corpus: Corpus) =>
  fitSweep(smaller(runs, corpus), { minBudgets: runs.settings.minBudgets, seed: 0 });

const short = (x: number) => (x >= 1e3 || x < 0.01 ? x.toExponential(2) : x.toPrecision(3));

const quantity = ({ value, lower, upper }: PowerLaw["exponent"]): string =>
  lower === null || upper === null
    ? short(value)
    : `${short(value)} (${short(lower)} to ${short(upper)})`;

function laws(runs: Runs): Html {
  const { law } = pooledFit(runs, "english");
  const paper = publishedLaws.deepseek.law;
  const row = (
    name: string,
    own: PowerLaw | null | undefined,
    published: PowerLaw | null | undefined,
  ) => [
    name,
    own ? quantity(own.coefficient) : "–",
    own ? quantity(own.exponent) : "–",
    published ? published.exponent.value.toFixed(3) : "–",
  ];
  return html`<p>Fitted to all seeds together, with 95 % intervals of a bootstrap over residuals. Rates are peak rates, batches are bytes
per batch, and models are counted by M, the non-embedding FLOPs per token.</p>${table(
    ["coefficient · C^exponent", "coefficient", "exponent", "exponent, paper"],
    [
      row("M, best model", law.allocation?.model, paper.allocation?.model),
      row("D, best bytes", law.allocation?.data, paper.allocation?.data),
      row("batch", law.batchSize, paper.batchSize),
      row("rate", law.learningRate, paper.learningRate),
      row("loss − floor", law.loss, null),
    ],
  )}${law.loss && html`<p>The floor of the loss is ${quantity(law.loss.floor)} bits per byte.</p>`}`;
}

function profiles(runs: Runs, corpus: Corpus): Html {
  const { sizes } = pooledFit(runs, corpus);
  const found = sizes?.profiles ?? [];
  return curves({
    label: "Loss over model size at equal compute",
    caption: `Points: means over seeds. A budget whose parabola has no minimum inside its sizes is left out of the fit: ${found.filter(({ status }) => status !== "ok").length} of ${found.length} here.`,
    x: { label: "M, non-embedding FLOPs per token", isLog: true },
    y: BPB,
    series: found.map(({ budget, logModel, loss }) => ({
      name: `${short(budget)} FLOPs`,
      points: logModel.map((m, i) => ({ x: Math.exp(m), y: loss[i]! })),
      hasDots: true,
    })),
  });
}

function allocation(runs: Runs): Html {
  const both = (["english", "noisy"] as const).map((corpus) => ({
    name: corpus === "english" ? "English" : "English with noise",
    optima: (pooledFit(runs, corpus).sizes?.profiles ?? []).flatMap(({ optimum }) => optimum ?? []),
  }));
  const plot = (key: "model" | "tokens", label: string) =>
    scatter({
      label: `${label} over compute`,
      x: FLOPS,
      y: { label, isLog: true },
      groups: both.map(({ name, optima }) => ({
        name,
        isLinked: true,
        points: optima.map((one) => ({ x: one.flops, y: one[key] })),
      })),
    });
  return html`${plot("model", "best M")}${plot("tokens", "best bytes D")}`;
}

function bands(runs: Runs): Html {
  const { rates, batches } = pooledFit(runs, "english");
  const plot = (label: string, found: typeof rates, key: "learningRate" | "batchSize") =>
    found &&
    scatter({
      label: `${label} of near-optimal runs`,
      caption: "Every run whose loss is within 1 % of the best of its budget and model.",
      x: FLOPS,
      y: { label, isLog: true },
      groups: [
        {
          name: "near-optimal",
          points: found.bands[key].flatMap(({ flops, values }) =>
            values.map((y) => ({ x: flops, y })),
          ),
        },
      ],
    });
  return html`${plot("peak rate", rates, "learningRate")}${plot("bytes per batch", batches, "batchSize")}${excess(runs, "rate", "lr")}${excess(runs, "batch", "batchTokens")}`;
}

/** How far each rate or batch is above the best of its budget. */
function excess(runs: Runs, part: "rate" | "batch", key: "lr" | "batchTokens"): Html {
  const own = rowsOf(runs).filter((row) => row.part === part);
  const sorted = (values: readonly number[]) => [...new Set(values)].sort((x, y) => x - y);
  const [budgets, values] = [
    sorted(own.map((row) => row.budget)),
    sorted(own.map((row) => row[key])),
  ];
  return matrix({
    label: `Loss above the best of its budget, in percent, by ${part === "rate" ? "peak rate" : "bytes per batch"}`,
    rows: budgets.map(short),
    columns: values.map(short),
    values: budgets.map((budget) => {
      const losses = values.map((value) => {
        const same = own.filter((row) => row.budget === budget && row[key] === value);
        return same.length === 0 ? Number.NaN : estimate(same.map(({ bpb }) => bpb)).mean;
      });
      const best = Math.min(...losses.filter((loss) => !Number.isNaN(loss)));
      return losses.map((loss) => (Number.isNaN(loss) ? null : 100 * (loss / best - 1)));
    }),
  });
}

function predicted(runs: Runs): Html {
  const held = runs.runs.filter(({ variant }) => variant === "held-out");
  const lines = held.flatMap(({ seed, result: { row, forecasts } }) =>
    forecasts.map(({ by, loss, lower, upper }) => [
      `seed ${seed}, ${by}`,
      `${whole(row!.width)} wide, ${short(row!.tokens)} bytes`,
      loss.toFixed(4),
      lower === null || upper === null ? "–" : `${lower.toFixed(4)} to ${upper.toFixed(4)}`,
      row!.bpb.toFixed(4),
      percent(Math.abs(loss / row!.bpb - 1)),
      loss > row!.bpb ? "too high" : "too low",
    ]),
  );
  const first = held[0]?.result.row;
  const ratios = first && compareMeasures(first);
  return html`<p>The larger run spends ${short(runs.settings.heldOut)} FLOPs, ${(runs.settings.heldOut / runs.settings.budgets.at(-1)!).toFixed(0)} times the largest budget that the laws saw. Its width, bytes, batch and rate come from the laws of its
own seed, and so do the predictions, made before it was trained.${ratios && ` Of its M, 6N1 is ${ratios.ratioN1.toFixed(2)} and 6N2 is ${ratios.ratioN2.toFixed(2)}${ratios.ratioN2 === 1 ? " (the vocabulary costs exactly what attention does, so that 6N2 is M itself)" : ""}.`}</p>${table(
    ["counted by", "run", "predicted", "95 % interval", "measured", "error", ""],
    lines,
  )}`;
}

function schedules(runs: Runs): Html {
  const kinds = ["multi-step", "cosine", "cosine-continued"];
  return table(
    ["schedule", "one length", "twice the length", "steps for both"],
    kinds.flatMap((kind) => {
      const own = runs.runs.flatMap(({ variant, result: { schedule } }) =>
        variant === `schedule/${kind}` && schedule ? [schedule] : [],
      );
      if (own.length === 0) return [];
      const mean = (key: "short" | "long") => spread(estimate(own.map((one) => one[key])));
      return [
        [
          kind.replace("-continued", ", continued"),
          mean("short"),
          mean("long"),
          whole(own[0]!.steps),
        ],
      ];
    }),
  );
}

function corpora(runs: Runs): Html {
  const own = (["english", "noisy"] as const).map((corpus) => {
    const exponent = pooledFit(runs, corpus).law.allocation?.model.exponent;
    const name =
      corpus === "english"
        ? "here, English"
        : `here, ${percent(runs.settings.noise)} of the bytes at random`;
    return [name, exponent ? quantity(exponent) : "–"];
  });
  const published = dataQualityExponents.map(({ data, model }) => [data, model.toFixed(3)]);
  return html`${profiles(runs, "noisy")}${table(["data", "a, exponent of the best M"], [...own, ...published])}`;
}

const of = (
  experiment: string,
  title: string,
  content: (runs: Runs) => Html,
): Section<SweepSettings, SweepResult> => ({
  experiment,
  title,
  content: ({ runs }) => content(runs),
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
  of("C-5", "schedules", schedules),
  of("C-7", "two corpora", corpora),
  {
    title: "Sources",
    content:
      () => html`<p class="meta">DeepSeek LLM (DeepSeek-AI 2024, arXiv 2401.02954). Text: Moby Dick and State of the Union addresses, as
bytes. All runs are in <code>runs.jsonl</code> beside this page, the laws of all seeds together in <code>fit.json</code>.</p>`,
  },
];

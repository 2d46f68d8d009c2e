import { Html, html } from "../../report/html";
import { bytes, percent, whole } from "../../report/numbers";
import { style } from "../../report/style";
import { type Estimate, estimate } from "../moe/paired-statistics";
import {
  concentrationChart,
  lineColors,
  methodColors,
  overlapChart,
  type SweepPoint,
  sweepChart,
  tradeChart,
  tuningChart,
} from "./charts";
import { claimCells, claimText, spread } from "./claims-table";
import { type ExperimentId, experimentNames } from "./experiments";
import type { Judged } from "./judge-claims";
import { rankId, thresholdId } from "./methods";
import { paperMarks } from "./paper-marks";
import { measureOf } from "./quantities";
import type { ComparisonResult, MethodSummary } from "./summarize";
import { taskOf } from "./tasks";

/** @param words columns of running text */
function table(
  head: readonly string[],
  body: readonly (readonly string[])[],
  { isWide = false, words = [] }: { isWide?: boolean; words?: readonly string[] } = {},
): Html {
  const mark = (i: number) => words.includes(head[i]!) && new Html(' class="words"');
  return html`<div class="scroll${isWide && " wide"}"><table>
<thead><tr>${head.map((name, i) => html`<th${mark(i)}>${name}</th>`)}</tr></thead>
<tbody>${body.map((cells) => html`<tr>${cells.map((cell, i) => html`<td${mark(i)}>${cell}</td>`)}</tr>`)}</tbody>
</table></div>`;
}

const key = (color: string, name: string) =>
  html`<span class="key" style="background:${color}"></span>${name} &ensp;`;

/** The orderings of an experiment: those of all tasks at once, those of single tasks on demand. */
function orderings(id: ExperimentId, { claims }: ComparisonResult): Html | false {
  const own = claims.filter(({ experiment }) => experiment === id);
  if (own.length === 0) return false;
  const rows = (some: readonly Judged[]) => {
    const { head, body } = claimCells(some);
    // The heading names the experiment; the scope is told where it is not the same in all rows.
    const first = some.every(({ scope }) => scope === some[0]!.scope) ? 2 : 1;
    return table(
      head.slice(first),
      body.map((cells) => cells.slice(first)),
      { isWide: true, words: ["of", "ordering", "paper", "verdict"] },
    );
  };
  const isWhole = ({ scope }: Judged) =>
    !own.some((claim) => claim.scope === "all tasks") || scope === "all tasks";
  const [whole, parts] = [own.filter(isWhole), own.filter((claim) => !isWhole(claim))];
  const causes = own.filter(({ cause }) => cause !== "");
  return html`${rows(whole)}
${parts.length > 0 && html`<details><summary>Task by task</summary>${rows(parts)}</details>`}
${
  causes.length > 0 &&
  html`<details><summary>Likely causes where it is not as published</summary><ul>${causes.map(
    (claim) => html`<li>${claim.scope}, ${claimText(claim)}: ${claim.cause}.</li>`,
  )}</ul></details>`
}`;
}

function section(id: ExperimentId, result: ComparisonResult, content: Html): Html | false {
  if (!result.experiments.includes(id)) return false;
  return html`<section><h2>${id} &ensp;${experimentNames[id]}</h2>${content}${orderings(id, result)}</section>`;
}

function usage(result: ComparisonResult): (Html | false)[] {
  const { usage: summary, settings } = result;
  const tasks = summary.texts.filter(({ isTask }) => isTask);
  const k = settings.topK;
  return [
    section(
      "B-1",
      result,
      html`<figure>${concentrationChart(summary)}<figcaption>${tasks.map(({ name }, i) => key(lineColors[i]!, name))}<br>
Best first, mean over layers. The ${k} best of ${settings.experts} hold ${tasks
        .map(({ name, concentration }) => `${percent(concentration[k - 1]!.mean)} (${name})`)
        .join(
          ", ",
        )}; the dashed line would be even use, ${percent(k / settings.experts)}.</figcaption></figure>`,
    ),
    section(
      "B-2",
      result,
      html`<figure>${overlapChart(summary, k)}<figcaption>How many of the ${k} best experts of a layer two texts share, mean over
layers and seeds; on the diagonal two samples of one text. The first ${tasks.length} are the tasks. By chance
${((k * k) / settings.experts).toFixed(1)} would be shared.</figcaption></figure>`,
    ),
  ];
}

const estimated = (value: Estimate | null) => (value ? spread(value) : "–");

function methodTable(methods: readonly MethodSummary[]): Html {
  const head = [
    "method",
    "trained",
    "stored",
    "rate",
    "task loss",
    "exact",
    "chrF",
    "forgetting",
    "paper: task, general",
  ];
  const body = methods.map((row) => [
    row.name,
    whole(row.trainedParameters.mean),
    bytes(row.storedBytes.mean),
    row.rate === 0 ? "–" : String(row.rate),
    spread(row.loss),
    spread(row.exact),
    spread(row.chrF),
    estimated(row.forgetting),
    paperMarks(row.method, taskOf(row.task).kind),
  ]);
  return table(head, body, { isWide: true });
}

const isMain = ({ method }: MethodSummary) => method === "vanilla" || method in methodColors;

function samples({ results, seeds, settings }: ComparisonResult): Html {
  const shown = settings.tasks.flatMap((task) =>
    results.tunings.filter(
      (r) =>
        r.task === task &&
        r.seed === seeds[0] &&
        ["vanilla", "full", "esft-token"].includes(r.method),
    ),
  );
  const rows = shown.flatMap(({ method, samples: own }) =>
    own.map(({ prompt, answer, output }) => [prompt, answer, method, output.trim()]),
  );
  return html`<details><summary>A few answers</summary>${table(
    ["question", "wanted", "method", "answer"],
    rows,
    {
      isWide: true,
      words: ["question", "wanted", "method", "answer"],
    },
  )}</details>`;
}

function tuning(result: ComparisonResult): (Html | false)[] {
  const { settings, methods } = result;
  const main = methods.filter(isMain);
  const keys = Object.entries(methodColors).map(([id, color]) =>
    key(color, main.find(({ method }) => method === id)?.name ?? id),
  );
  const each = (make: (own: readonly MethodSummary[]) => Html, caption: Html | false) =>
    settings.tasks.map((task) => {
      const { name, kind } = taskOf(task);
      return html`<h3>${name} (${kind})</h3>${make(main.filter((row) => row.task === task))}${caption}`;
    });
  return [
    section(
      "B-3",
      result,
      html`<p class="meta">${keys}</p>${each(
        (own) => html`<figure>${tuningChart(own)}</figure>${methodTable(own)}`,
        false,
      )}
<p class="meta">Loss on held-out answers in nats a token; exact match and chrF of answers to held-out questions. Bands and ±
are one standard error over seeds. The paper's marks are means of its tasks of the same kind, and of its general benchmarks.</p>
${samples(result)}`,
    ),
    section(
      "B-4",
      result,
      html`${each((own) => html`<figure>${tradeChart(own)}</figure>`, false)}
<p class="meta">Forgetting is the mean rise of the loss on held-out text of the other kinds that the base model was trained
on. Left is good at the task, low has forgotten little.</p>`,
    ),
  ];
}

/** Means over tasks of the methods of a sweep. */
function sweepPoints(
  { methods, settings, seeds, results }: ComparisonResult,
  entries: readonly { label: string; id: string }[],
): SweepPoint[] {
  return entries.flatMap(({ label, id }) => {
    const own = methods.filter(({ method }) => method === id);
    if (own.length < settings.tasks.length || own.some(({ forgetting }) => !forgetting)) return [];
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    const over = (value: (seed: number, row: MethodSummary) => number) =>
      estimate(seeds.map((seed) => mean(own.map((row) => value(seed, row)))));
    return [
      {
        label,
        trainedParameters: mean(own.map(({ trainedParameters }) => trainedParameters.mean)),
        loss: over(
          (seed, { task }) =>
            results.tunings.find((r) => r.seed === seed && r.task === task && r.method === id)!
              .loss,
        ),
        forgetting: over((seed, { task }) => measureOf(seed, task, id, "forgetting", results)!),
      },
    ];
  });
}

function sweep(result: ComparisonResult): Html | false {
  const { settings, methods } = result;
  const ps = [...new Set([...settings.sweepP, settings.tokenP])].sort((a, b) => a - b);
  const ranks = [...new Set([...settings.sweepRanks, settings.loraRank])].sort((a, b) => a - b);
  const thresholds = sweepPoints(
    result,
    ps.map((p) => ({ label: String(p), id: thresholdId(p, settings) })),
  );
  const byRank = sweepPoints(
    result,
    ranks.map((rank) => ({ label: String(rank), id: rankId(rank, settings) })),
  );
  const points = { thresholds, ranks: byRank };
  return section(
    "B-5",
    result,
    html`<figure>${sweepChart("loss", points)}${sweepChart("forgetting", points)}<figcaption>${key("var(--first)", "ESFT-Token, by p")}
${key("var(--second)", "LoRA, by rank")}<br>Mean over tasks and seeds; bands are one standard error.</figcaption></figure>
<details><summary>In numbers, task by task</summary>${settings.tasks.map(
      (task) =>
        html`<h3>${taskOf(task).name}</h3>${methodTable(methods.filter((row) => row.task === task && !isMain(row)))}`,
    )}</details>`,
  );
}

function costs(result: ComparisonResult): Html | false {
  const full = result.costs.find(({ method }) => method === "full");
  const storedOf = (id: string) => {
    const own = result.methods.filter(({ method }) => method === id);
    return (
      own.reduce((sum, { storedBytes }) => sum + storedBytes.mean, 0) / Math.max(1, own.length)
    );
  };
  const share = (value: Estimate, whole: Estimate | undefined) =>
    whole ? ` (${(value.mean / whole.mean).toFixed(2)}×)` : "";
  const body = result.costs.map((row) => [
    row.name,
    `${whole(row.trainedParameters.mean)}${share(row.trainedParameters, full?.trainedParameters)}`,
    `${spread(row.millisecondsPerStep)}${share(row.millisecondsPerStep, full?.millisecondsPerStep)}`,
    bytes(row.gradientBytes.mean),
    `${bytes(row.optimizerBytes.mean)}${share(row.optimizerBytes, full?.optimizerBytes)}`,
    `${bytes(row.peakBytes.mean)}${share(row.peakBytes, full?.peakBytes)}`,
    bytes(storedOf(row.method)),
    paperCosts[row.method] ?? "–",
  ]);
  return section(
    "B-10",
    result,
    html`${table(
      [
        "method",
        "trained",
        "ms a step",
        "gradients",
        "optimiser",
        "peak memory",
        "stored",
        "paper",
      ],
      body,
    )}<p class="meta">Steps on one thread, the methods taking turns, median. Peak memory is that of all tensors, weights
included. Multiples are of full fine-tuning. The paper's minutes are of whole trainings on its machines.</p>`,
  );
}

const paperCosts: Readonly<Record<string, string>> = {
  full: "28.5 min, 28.6 GB",
  lora: "16.5 min, least",
  "esft-token": "19.8 min, 2.57 GB",
  "esft-gate": "20.9 min, 3.20 GB",
};

/** The comparison as one HTML page that needs nothing else. */
export function renderComparison(result: ComparisonResult): string {
  const { settings, seeds, results, claims } = result;
  const verdicts = (verdict: string) => claims.filter((claim) => claim.verdict === verdict).length;
  const tokens = whole(settings.pretrainSteps * settings.batch * settings.length);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Expert-specialised fine-tuning, compared · Deepgrain</title>
<style>${new Html(style)}</style>
</head>
<body>
<header>
<p class="meta">Deepgrain · ${seeds.length} base models, ${results.tunings.length} fine-tunings · seeds ${seeds.join(", ")}</p>
<h1>Expert-specialised fine-tuning, compared in miniature</h1>
<p class="lead">The experiments of the ESFT paper on DeepSeekMoE models of width ${settings.hiddenSize} with ${settings.layers}
layers, ${settings.experts} routed experts of which a token passes ${settings.topK}, and ${settings.sharedExperts} shared, each
trained on ${tokens} tokens of prose, code, licences and compiler messages.</p>
<p>Each ordering is tested on the difference at the same seed and is resolved when its 95 % interval (Student's t) excludes 0.
Of ${claims.length}, ${verdicts("resolved")} are resolved as published, ${verdicts("resolved, but reversed")} reversed and
${verdicts("not resolved")} not resolved. With so many intervals, one in twenty would exclude 0 by chance.</p>
</header>
<main>
${usage(result)}
${tuning(result)}
${sweep(result)}
${costs(result)}
<section><h2>Sources</h2><p class="meta">Wang et al. 2024, ESFT (arXiv 2407.01906); DeepSeekMoE (Dai et al. 2024, arXiv
2401.06066); LoRA (Hu et al. 2022). Texts: State of the Union addresses, Moby Dick, RxJS, node-gyp, SPDX licences, messages of
the TypeScript compiler, the CMU Pronouncing Dictionary.</p>
<details><summary>All settings</summary><pre><code>${JSON.stringify(settings, undefined, 2)}</code></pre></details></section>
</main>
</body>
</html>
`.text;
}

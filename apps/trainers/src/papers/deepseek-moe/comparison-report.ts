import { Html, html } from "../../report/html";
import { percent, whole } from "../../report/numbers";
import { style } from "../../report/style";
import { type ExperimentId, experimentNames } from "./claims";
import { claimCells, claimText, plusMinus } from "./claims-table";
import {
  curvesChart,
  disablingChart,
  frontierChart,
  lossesChart,
  methodColors,
} from "./comparison-charts";
import type { ComparisonResult } from "./summarize";

/** @param words columns of text, not of numbers */
function table(
  head: readonly string[],
  body: readonly (readonly string[])[],
  words: readonly number[] = [],
): Html {
  const kind = (column: number) => words.includes(column) && html` class="words"`;
  return html`<div class="scroll wide"><table>
<thead><tr>${head.map((name, i) => html`<th${kind(i)}>${name}</th>`)}</tr></thead>
<tbody>${body.map((cells) => html`<tr>${cells.map((cell, i) => html`<td${kind(i)}>${cell}</td>`)}</tr>`)}</tbody>
</table></div>`;
}

function orderings({ claims, seeds, gapClosed }: ComparisonResult): Html {
  const { head, body } = claimCells(claims);
  const causes = claims.filter(({ cause }) => cause !== "");
  const gap =
    gapClosed &&
    html`<p>Of the way from GShard to Dense×N, DeepSeekMoE goes ${percent(gapClosed.share)} here and
${percent(gapClosed.paper)} in the paper.${!gapClosed.hasGap && " Here Dense×N is not lower than GShard beyond doubt, so the share says nothing."}</p>`;
  return html`<section><h2>The orderings</h2>
<p>Each is tested on the difference at the same seed, ${seeds.length} seeds, mean ± standard error. It is resolved when the
95 % interval (Student's t) excludes 0. Seeds draw weights and order of the text; the held-out text is the same for all.
With this many intervals, one in twenty would exclude 0 by chance.</p>
${table(head, body, [1, 6, 7])}${gap}
${
  causes.length > 0 &&
  html`<h3>Likely causes where it is not as published</h3><ul>${causes.map(
    (claim) => html`<li>${claim.experiment}, ${claimText(claim)}: ${claim.cause}.</li>`,
  )}</ul>`
}</section>`;
}

function losses({ variants }: ComparisonResult): Html {
  const head = [
    "method",
    "parameters",
    "activated",
    "MFLOP a sequence",
    "loss",
    "MaxVio",
    "Pile loss, paper",
  ];
  const body = variants.map((row) => [
    row.name,
    whole(row.parameters),
    whole(row.activated),
    (row.flops / 1e6).toFixed(0),
    plusMinus(row.loss),
    row.maxVio ? plusMinus(row.maxVio, 2) : "–",
    row.paperLoss === null ? "–" : row.paperLoss.toFixed(3),
  ]);
  return html`<section><h2>Everything that was trained</h2>${table(head, body)}
<figure>${lossesChart(variants)}<figcaption>Held-out loss, mean and one standard error. The paper's losses are those of 2B
models on the Pile, per token of an 8K vocabulary: only their order can be compared with losses per byte.</figcaption></figure></section>`;
}

function curves({ variants, experiments }: ComparisonResult): Html | false {
  if (!experiments.includes("A-1")) return false;
  const keys = variants
    .filter(({ id }) => id in methodColors)
    .map(
      ({ id, name }) =>
        html`<span class="key" style="background:${methodColors[id]}"></span>${name} &ensp;`,
    );
  return html`<section><h2>How they learn</h2><figure>${curvesChart(variants)}<figcaption>${keys}<br>Held-out loss after the
first fifth of the steps; bands are one standard error over seeds.</figcaption></figure></section>`;
}

function disabling({ variants, experiments }: ComparisonResult): Html | false {
  if (!experiments.includes("A-5")) return false;
  return html`<section><h2>Without the best experts</h2><figure>${disablingChart(variants)}<figcaption><span class="key first">
</span>DeepSeekMoE &ensp;<span class="key second"></span>GShard×1.5. Each token loses its highest-scoring routed experts and
chooses among the rest; shared experts stay. The steeper curve has the less redundant experts. A layer of few experts has
points only where the share comes to a whole expert.</figcaption></figure></section>`;
}

function frontier({ variants, experiments }: ComparisonResult): Html | false {
  if (!experiments.includes("A-10")) return false;
  return html`<section><h2>The price of balance</h2><figure>${frontierChart(variants)}<figcaption><span class="key first"></span>
balance loss of weight α &ensp;<span class="key second"></span>bias without a loss. Left is even, low is good.</figcaption></figure></section>`;
}

const list = (experiments: readonly ExperimentId[]) =>
  experiments.map((id) => html`<li>${id}: ${experimentNames[id]}</li>`);

/** The comparison as one HTML page that needs nothing else. */
export function renderComparison(result: ComparisonResult): string {
  const { settings, seeds, experiments, trainings } = result;
  const bytes = whole(settings.steps * settings.batch * settings.length);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Mixtures of experts, compared · Deepgrain</title>
<style>${new Html(style)}</style>
</head>
<body>
<header>
<p class="meta">Deepgrain · ${trainings.length} trainings · seeds ${seeds.join(", ")}</p>
<h1>Mixtures of experts, compared in miniature</h1>
<p class="lead">The experiments of the DeepSeekMoE paper on decoders of width ${settings.hiddenSize} with
${settings.layers} layers and ${settings.experts} standard experts, each trained on ${bytes} bytes of a novel, speeches and
source code. At this size differences are small: the table says which orderings can be seen and which cannot.</p>
<ul class="meta">${list(experiments)}</ul>
</header>
<main>
${orderings(result)}
${losses(result)}
${curves(result)}
${disabling(result)}
${frontier(result)}
<section><h2>Sources</h2><p class="meta">DeepSeekMoE (Dai et al. 2024, arXiv 2401.06066); the bias: Wang et al. 2024 (arXiv
2408.15664). Text: Moby Dick, State of the Union addresses, RxJS. Numbers of the paper that it gives in plots only are read
off them, ±0.05.</p>
<details><summary>All settings</summary><pre><code>${JSON.stringify(settings, undefined, 2)}</code></pre></details></section>
</main>
</body>
</html>
`.text;
}

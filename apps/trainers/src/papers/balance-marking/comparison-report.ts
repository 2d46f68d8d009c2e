import { Html, html } from "../../report/html";
import { style } from "../../report/style";
import type { ComparedRow } from "./comparison";
import { qualityChart, speedChart, successChart } from "./comparison-charts";
import { comparisonCells } from "./comparison-table";

/** The result of a comparison, as in comparison.json. */
export interface ComparisonResult {
  model: string;
  texts: number;
  tokens: number;
  bits: number;
  temperature: number;
  seed: number;
  rows: readonly ComparedRow[];
}

function table(rows: readonly ComparedRow[]): Html {
  const { head, body } = comparisonCells(rows);
  return html`<div class="scroll"><table>
<thead><tr>${head.map((name) => html`<th>${name}</th>`)}</tr></thead>
<tbody>${body.map((cells) => html`<tr>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
</table></div>`;
}

function reading({ texts }: ComparisonResult): Html {
  const half = Math.round(100 * 0.98 * Math.sqrt(1 / texts));
  return html`<p>A scheme with a payload is right when every bit of it is; one without is right when the text is found at
p ≤ 0.001. With ${texts} texts a scheme, a share near one half is uncertain by about ±${half} points (95 %); the exact Wilson
intervals are in <code>comparison.json</code>. Perplexity is measured under the model that wrote. A ratio below 1 is no gain:
such a mark prefers what the model finds likely anyway, which distinct-2, the share of different word pairs, shows.</p>`;
}

function settings(result: ComparisonResult): Html {
  const profiles = Object.fromEntries(
    result.rows.map(({ name, profile, proxy }) => [name, { ...profile, ...(proxy && { proxy }) }]),
  );
  return html`<details><summary>All settings</summary><pre><code>${JSON.stringify(
    { ...result, rows: undefined, profiles },
    undefined,
    2,
  )}</code></pre></details>`;
}

/** The comparison as one HTML page that needs nothing else. */
export function renderComparison(result: ComparisonResult): string {
  const { model, texts, tokens, rows, bits, seed, temperature } = result;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Watermarks · ${model} · Deepgrain</title>
<style>${new Html(style)}</style>
</head>
<body>
<header>
<p class="meta">Deepgrain · ${model} · seed ${seed}</p>
<h1>Watermarks in generated text, compared</h1>
<p class="lead">Every scheme marked ${texts} texts of ${tokens} tokens, from the same beginnings, by the same model at
temperature ${temperature}. Those that carry a payload carried ${bits} random bits under a random key, anew for each text.</p>
</header>
<main>
<section><h2>The table</h2>${table(rows)}${reading(result)}</section>
<section><h2>What survives</h2><figure>${successChart(rows)}
<figcaption>Share of texts read rightly after so many tokens were replaced by random ones, and after the text was pasted
whole into twice as much human text.</figcaption></figure></section>
<section><h2>What it costs the text</h2><figure>${qualityChart(rows)}</figure></section>
<section><h2>What it costs the machine</h2><figure>${speedChart(rows)}
<figcaption><span class="key first"></span>writing &ensp;<span class="key second"></span>finding, all payloads tried. The
language model's own time is not counted; a proxy model's is counted for writing only.</figcaption></figure></section>
<section><h2>Sources</h2><p class="meta">Table after Wang et al. 2024 (arXiv 2307.15992). Schemes: Kirchenbauer et al. 2023
(2301.10226, 2306.04634); Zhao et al. 2023 (2306.17439); Aaronson 2022; Dathathri et al. 2024; Yoo et al. 2024 (2308.00221);
Qu et al. 2024 (2401.16820).</p>${settings(result)}</section>
</main>
</body>
</html>
`.text;
}

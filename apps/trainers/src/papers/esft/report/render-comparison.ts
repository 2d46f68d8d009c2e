import { Html, html } from "../../../report/html";
import { percent, whole } from "../../../report/numbers";
import { style } from "../../../report/style";
import type { ComparisonResult } from "../summarize";
import { costs } from "./costs";
import { sweep } from "./sweep";
import { tuning } from "./tuning";
import { usage } from "./usage";

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
trained on ${tokens} tokens of prose, code, licences and compiler messages, then fine-tuned for ${settings.tuneSteps} steps, in which
${percent(settings.generalShare)} of each batch is such text.</p>
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

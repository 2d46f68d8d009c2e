import { type Html, html } from "../../../report/html";
import { percent, whole } from "../../../report/numbers";
import type { LayerLoadRecord } from "../../../training/watch-load";
import type { ReportInput } from "../report-input";

function row({ layer, counts, maxViolation, droppedFraction }: LayerLoadRecord): Html {
  const total = counts.reduce((sum, count) => sum + count, 0) || 1;
  const idle = [...counts.keys()].filter((expert) => counts[expert] === 0);
  return html`<tr><td>${layer}</td><td>${percent(Math.min(...counts) / total)}</td>
<td>${percent(Math.max(...counts) / total)}</td><td>${maxViolation.toFixed(2)}</td>
<td>${percent(droppedFraction)}</td><td>${idle.length === 0 ? "none" : idle.join(", ")}</td></tr>`;
}

/** How evenly the experts are used at the end of pre-training. */
export function expertLoad({ metrics }: ReportInput): Html {
  const last = metrics.findLast(({ stage, type }) => stage === "pretrain" && type === "load");
  if (!last) return html``;
  return html`
<section>
<h2>Is every expert at work?</h2>
<p>Choices of each layer's experts on held-out text after ${whole(last.step)} steps. MaxVio is how far the busiest expert
lies above the mean, 0 in perfect balance. Idle experts got none of these tokens. Dropped are choices of the last training
batch beyond a device's capacity, where there is one.</p>
<table><thead><tr><th>layer</th><th>least used</th><th>most used</th><th>MaxVio</th><th>dropped</th><th>idle</th></tr></thead>
<tbody>${(last.layers as LayerLoadRecord[]).map(row)}</tbody></table>
</section>`;
}

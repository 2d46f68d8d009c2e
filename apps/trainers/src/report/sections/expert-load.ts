import type { LayerLoadRecord } from "../../job/watch-load";
import { type Html, html } from "../html";
import { percent, whole } from "../numbers";
import type { ReportInput } from "../report-input";

function row({ layer, counts, maxViolation, dead, droppedFraction }: LayerLoadRecord): Html {
  const total = counts.reduce((sum, count) => sum + count, 0) || 1;
  return html`<tr><td>${layer}</td><td>${percent(Math.min(...counts) / total)}</td>
<td>${percent(Math.max(...counts) / total)}</td><td>${maxViolation.toFixed(2)}</td>
<td>${percent(droppedFraction)}</td><td>${dead.length === 0 ? "none" : dead.join(", ")}</td></tr>`;
}

/** How evenly the experts were used at the end of pre-training. */
export function expertLoad({ metrics }: ReportInput): Html {
  const records = metrics.filter(({ stage, type }) => stage === "pretrain" && type === "load");
  const last = records.at(-1);
  if (!last) return html``;
  const since = records.at(-2)?.step ?? 0;
  return html`
<section>
<h2>Is every expert at work?</h2>
<p>Choices of each layer's experts in steps ${whole(since + 1)} to ${whole(last.step)}. MaxVio is how far the busiest expert
lies above the mean, 0 in perfect balance. A dead expert has had no token for the last tenth of the training (100 steps at
most); dropped choices are those beyond an expert's or device's capacity, where there is one.</p>
<table><thead><tr><th>layer</th><th>least used</th><th>most used</th><th>MaxVio</th><th>dropped</th><th>dead</th></tr></thead>
<tbody>${(last.layers as LayerLoadRecord[]).map(row)}</tbody></table>
</section>`;
}

import { type Html, html, section, table, whole } from "@deepgrain/lab";
import { percent } from "@deepgrain/studies/shared/numbers";
import type { LayerLoadRecord } from "../../../run/watch-load";
import type { ReportInput } from "../report-input";

function row({ layer, counts, maxViolation, droppedFraction }: LayerLoadRecord): string[] {
  const total = counts.reduce((sum, count) => sum + count, 0) || 1;
  const idle = [...counts.keys()].filter((expert) => counts[expert] === 0);
  return [
    layer.replace(/^model\.layers\.(\d+)\.mlp$/, "layer $1"),
    percent(Math.min(...counts) / total),
    percent(Math.max(...counts) / total),
    maxViolation.toFixed(2),
    percent(droppedFraction),
    idle.length === 0 ? "none" : idle.join(", "),
  ];
}

const HEAD = ["layer", "least used", "most used", "MaxVio", "dropped", "idle"];

/** How evenly the experts are used at the end of pre-training. */
export function expertLoad({ metrics }: ReportInput): Html | false {
  const last = metrics.findLast(({ stage, type }) => stage === "pretrain" && type === "load");
  if (!last) return false;
  return section(
    "Is every expert at work?",
    html`<p>Choices of each layer's experts on held-out text after ${whole(last.step)} steps. MaxVio is how far the busiest expert
lies above the mean, 0 in perfect balance. Idle experts got none of these tokens. Dropped are choices of the last training
batch beyond a device's capacity, where there is one.</p>
${table(HEAD, (last.layers as LayerLoadRecord[]).map(row))}`,
  );
}

import { type Html, html } from "../../../report/html";
import { percent } from "../../../report/numbers";
import { concentrationChart, lineColors, overlapChart } from "../charts";
import type { ComparisonResult } from "../summarize";
import { key, section } from "./parts";

/** B-1 and B-2. */
export function usage(result: ComparisonResult): (Html | false)[] {
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

import { type Html, html } from "../../../report/html";
import { methodColors, tradeChart, tuningChart } from "../charts";
import type { ComparisonResult, MethodSummary } from "../summarize";
import { taskOf } from "../tasks";
import { isMain, methodTable } from "./method-table";
import { key, section, table } from "./parts";

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

/** B-3 and B-4. */
export function tuning(result: ComparisonResult): (Html | false)[] {
  const { settings, methods } = result;
  const main = methods.filter(isMain);
  const keys = Object.entries(methodColors).map(([id, color]) =>
    key(color, main.find(({ method }) => method === id)?.name ?? id),
  );
  const each = (make: (own: readonly MethodSummary[]) => Html) =>
    settings.tasks.map((task) => {
      const { name, kind } = taskOf(task);
      return html`<h3>${name} (${kind})</h3>${make(main.filter((row) => row.task === task))}`;
    });
  return [
    section(
      "B-3",
      result,
      html`<p class="meta">${keys}</p>${each(
        (own) => html`<figure>${tuningChart(own)}</figure>${methodTable(own)}`,
      )}
<p class="meta">Loss on held-out answers in nats a token; exact match and chrF of answers to held-out questions. Bands and ±
are one standard error over seeds. The paper's marks are means of its tasks of the same kind, and of its general benchmarks.</p>
${samples(result)}`,
    ),
    section(
      "B-4",
      result,
      html`<p class="meta">${keys}</p>${each((own) => html`<figure>${tradeChart(own)}</figure>`)}
<p class="meta">Forgetting is the mean rise of the loss on held-out text of the other kinds that the base model was trained
on. Left is good at the task, low has forgotten little. Lines are one standard error.</p>`,
    ),
  ];
}

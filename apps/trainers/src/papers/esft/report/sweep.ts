import { estimate } from "../../../experiments/judging/paired-statistics";
import { type Html, html } from "../../../report/html";
import { type SweepPoint, sweepChart } from "../charts";
import { rankId, thresholdId } from "../methods";
import { measureOf } from "../quantities";
import type { ComparisonResult, MethodSummary } from "../summarize";
import { taskOf } from "../tasks";
import { isMain, methodTable } from "./method-table";
import { key, section } from "./parts";

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

/** B-5. */
export function sweep(result: ComparisonResult): Html | false {
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

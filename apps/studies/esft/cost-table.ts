import { estimateOf, type Html, html, type StudyRuns, table } from "@deepgrain/lab";
import { spread } from "@deepgrain/support/pages";
import { taskOf } from "../shared/tasks/tuning-tasks";
import { type Column, count, megabytes } from "./method-table";
import { mainMethods } from "./methods";
import { type Cost, cost, type EsftResult, tuned } from "./quantities";
import type { EsftSettings } from "./recipe";

const paperCosts: Readonly<Record<string, string>> = {
  full: "28.5 min, 28.6 GB",
  lora: "16.5 min, least",
  "esft-token": "19.8 min, 2.57 GB",
  "esft-gate": "20.9 min, 3.20 GB",
};

const costColumns: readonly Column<Cost>[] = [
  ["ms per step, median", "millisecondsPerStep", spread],
  ["trained", "trainedParameters", count],
  ["gradients, MB", "gradientBytes", megabytes],
  ["optimiser, MB", "optimizerBytes", megabytes],
  ["peak memory, MB", "peakBytes", megabytes],
];

/** The time of a step of each method, beside full fine-tuning. */
export function costs(runs: StudyRuns<EsftSettings, EsftResult>): Html {
  const { settings } = runs;
  const of = (id: string, field: Cost) => estimateOf(cost(field, id, ""), runs);
  const timed = mainMethods(settings).filter(({ id }) => of(id, "peakBytes"));
  const body = timed.map(({ id, name }) => {
    const cells = costColumns.map(([, field, show]) => {
      const [own, full] = [of(id, field), of("full", field)];
      return own && full ? `${show(own)} (${(own.mean / full.mean).toFixed(2)}×)` : "–";
    });
    const stored = estimateOf(tuned("storedBytes", id, "", settings.tasks), runs);
    return [name, ...cells, stored ? megabytes(stored) : "–", paperCosts[id] ?? "–"];
  });
  const head = ["method", ...costColumns.map(([name]) => name), "stored, MB", "paper"];
  return html`${table(head, body)}<p class="meta">Steps of fine-tuning on ${taskOf(settings.tasks.at(-1)!).name}, on one thread, the
methods taking turns: the median of their times, then the mean over seeds. What is stored is the mean over all tasks. Peak memory is
that of all tensors, weights included. Multiples are of full fine-tuning. The paper's minutes are of complete trainings on its
machines.</p>`;
}

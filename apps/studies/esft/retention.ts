import { estimateOf, type Html, html, scatter } from "@deepgrain/lab";
import { percent } from "../shared/numbers";
import type { TaskId } from "../shared/tasks/tuning-task-ids";
import { taskOf } from "../shared/tasks/tuning-tasks";
import {
  FORGETTING,
  measured,
  methodTable,
  perTask,
  type Runs,
  SHARE,
  TASK_LOSS,
  training,
} from "./method-table";
import { atRates, methodNames, type TrainedId, trainedIds } from "./methods";
import { atEqualScore, tuningId } from "./quantities";

const EXACT = { label: "exact match, %", bounds: SHARE };

/** Forgetting against a measure of the task, every method at every rate; a sentence where none of them differ in it. */
function frontier(runs: Runs, task: TaskId, of: "exact" | "loss", x: typeof TASK_LOSS): Html {
  const groups = training(runs).map(({ id, name }) => {
    const points = atRates(id as TrainedId, runs.settings).map((one) => ({
      x: measured(runs, of, one.id, [task]),
      y: measured(runs, "forgetting", one.id, [task]),
      label: String(one.rate),
    }));
    return { name, points, isLinked: true };
  });
  const places = new Set(groups.flatMap(({ points }) => points.map((point) => point.x?.mean)));
  places.delete(undefined);
  const [name] = x.label.split(",");
  const why = places.has(0)
    ? "No method answered any question exactly"
    : `All have the same ${name}`;
  if (places.size < 2) return html`<p>${why}: there is no chart of forgetting against ${name}.</p>`;
  const label = `Forgetting against ${x.label}, ${taskOf(task).name}`;
  return scatter({ label, x, y: FORGETTING, groups });
}

/** At what forgetting is compared, and which methods are left out of that. */
function equalLearning(runs: Runs, ids: readonly TrainedId[]): string {
  const { settings, runs: all } = runs;
  const ran = (id: string) =>
    all.some(({ variant }) => settings.tasks.some((task) => variant === tuningId(task, id)));
  const mark = `an exact match of ${percent(settings.equalScore)}`;
  const rule = `A method that learns less forgets less, so forgetting is compared where the lines of both methods reach ${mark}.`;
  if (!ids.some((id) => atRates(id, settings).every((one) => ran(one.id))))
    return `${rule} Here not all rates were run, so there are no lines and no such claims.`;
  const short = ids.filter(
    (id) => !settings.tasks.some((task) => estimateOf(atEqualScore(id, settings, [task]), runs)),
  );
  if (short.length === 0) return rule;
  if (short.length === ids.length)
    return `${rule} No method reaches it, so there are no such claims.`;
  return `${rule} Left out for not reaching it on any task: ${short.map((id) => methodNames[id]).join(", ")}.`;
}

/** The picture of B-4: forgetting against learning. */
export const retention = (runs: Runs): Html => {
  const { settings } = runs;
  const ids = trainedIds(settings);
  const every = ids.flatMap((id) => atRates(id, settings));
  return html`${perTask(
    runs.settings.tasks,
    (task) => html`${frontier(runs, task, "exact", EXACT)}${frontier(runs, task, "loss", TASK_LOSS)}
<details><summary>Every rate that was run</summary>${methodTable(runs, task, every)}</details>`,
  )}
<p class="meta">Forgetting is the mean rise of the loss on held-out text of the other kinds that the base model was trained on; below 0
it fell, as ${percent(settings.generalShare)} of each batch is such text. Peak rates are written beside the points, which have 95 % intervals.
${equalLearning(runs, ids)}</p>`;
};

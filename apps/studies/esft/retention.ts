import { type Html, html, scatter } from "@deepgrain/lab";
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
import { atRates, type TrainedId, trainedIds } from "./methods";

const MARK = { label: "mark, %", bounds: SHARE };

/** Forgetting against a measure of the task, every method at every rate; a sentence where none of them differ in it. */
function frontier(runs: Runs, task: TaskId, of: "mark" | "loss", x: typeof TASK_LOSS): Html {
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
  if (places.size < 2)
    return html`<p>All have the same ${name}: there is no chart of forgetting against it.</p>`;
  const label = `Forgetting against ${x.label}, ${taskOf(task).name}`;
  return scatter({ label, x, y: FORGETTING, groups });
}

/** The picture of B-4: forgetting against learning. */
export const retention = (runs: Runs): Html => {
  const { settings } = runs;
  const every = trainedIds(settings).flatMap((id) => atRates(id, settings));
  return html`${perTask(
    runs.settings.tasks,
    (task) => html`${frontier(runs, task, "mark", MARK)}${frontier(runs, task, "loss", TASK_LOSS)}
<details><summary>Every rate that was run</summary>${methodTable(runs, task, every)}</details>`,
  )}
<p class="meta">Forgetting is the mean rise of the loss on held-out text of the other kinds that the base model was trained on; below 0
it fell, as ${percent(settings.generalShare)} of each batch is such text. Peak rates are written beside the points, which have 95 % intervals.</p>`;
};

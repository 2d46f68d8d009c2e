import {
  type Estimate,
  estimateOf,
  type Html,
  html,
  resultsOf,
  type StudyRuns,
  table,
} from "@deepgrain/lab";
import { spread, whole } from "@deepgrain/support/pages";
import type { TaskId } from "../shared/tasks/tuning-task-ids";
import { taskOf } from "../shared/tasks/tuning-tasks";
import { type Method, mainMethods } from "./methods";
import { paperMarks } from "./paper-marks";
import { type EsftResult, type Measure, tuned, tuningId } from "./quantities";
import type { EsftSettings } from "./recipe";

/** A column of measurements: its name, what is measured, how that is written. */
export type Column<M> = readonly [name: string, measure: M, show: (value: Estimate) => string];

/** A mean as a whole number. */
export const count = ({ mean }: Estimate): string => whole(mean);

/** A mean of megabytes, under a heading that has the unit. */
export const megabytes = ({ mean }: Estimate): string => mean.toFixed(2);

export type Runs = StudyRuns<EsftSettings, EsftResult>;

/** Axes of measures. */
export const TASK_LOSS = { label: "task loss, nats per token" };
export const FORGETTING = { label: "forgetting, nats per token" };

/** A measure of a method, the mean over tasks and seeds. */
export const measured = (runs: Runs, measure: Measure, method: string, tasks: readonly TaskId[]) =>
  estimateOf(tuned(measure, method, "", tasks), runs);

/** The methods that were trained on a task. */
export const trained = (runs: Runs, task: TaskId, methods: readonly Method[]) =>
  methods.filter(({ id }) => resultsOf(runs, tuningId(task, id)).length > 0);

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Something per task, under its name. */
export const perTask = (tasks: readonly TaskId[], content: (task: TaskId) => Html): Html =>
  html`${tasks.map((id) => {
    const { name, kind } = taskOf(id);
    return html`<h3>${capitalised(name)} (${kind})</h3>${content(id)}`;
  })}`;

/** The ends of shares in percent. */
export const SHARE = [0, 100] as const;

const share = (value: Estimate): string => spread(value, SHARE);

const columns: readonly Column<Measure>[] = [
  ["exact match, %", "exact", share],
  ["task loss", "loss", spread],
  ["forgetting", "forgetting", spread],
  ["chrF", "chrF", share],
  ["trained", "trainedParameters", count],
  ["stored, MB", "storedBytes", megabytes],
];

/** Methods on a task, a row each. */
export function methodTable(runs: Runs, task: TaskId, methods: readonly Method[]): Html {
  const head = ["method", ...columns.map(([name]) => name), "rate", "paper: task, general"];
  const body = trained(runs, task, methods).map(({ id, name, rate }) => {
    const values = columns.map(([, of, show]) => [measured(runs, of, id, [task]), show] as const);
    const cells = values.map(([value, show]) => (value ? show(value) : "–"));
    return [name, ...cells, rate === 0 ? "–" : String(rate), paperMarks(id, taskOf(task).kind)];
  });
  return table(head, body);
}

/** The methods of B-3 that train. */
export const training = ({ settings }: Runs) =>
  mainMethods(settings).filter(({ rate }) => rate > 0);

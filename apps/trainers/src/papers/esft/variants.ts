import type { Variant } from "@deepgrain/lab";
import { type Method, mainMethods, sweepMethods, timedMethods } from "./methods";
import { tuningId } from "./quantities";
import type { EsftSettings } from "./recipe";
import type { TaskId } from "./tasks";

export const experiments = {
  "B-1": "Few experts do most of the work",
  "B-2": "Tasks use different experts",
  "B-3": "Methods on the task",
  "B-4": "What is retained",
  "B-5": "Threshold and rank",
  "B-10": "Time and storage",
} as const;

/** A run per seed: the base model, a fine-tuning of it on a task by a method, or the costs of the methods' steps. */
export interface EsftVariant extends Variant {
  task?: TaskId;
  method?: Method;
}

const tuning = (task: TaskId, method: Method, needed: readonly string[]): EsftVariant => ({
  ...{ id: tuningId(task, method.id), name: `${task}, ${method.name}`, task, method },
  ...{ weight: method.rate === 0 ? 0.3 : 1.3, after: ["base"], experiments: needed },
});

/** The base model, every fine-tuning, and the costs alone at the end; B-10 takes stored bytes from the methods it times. */
export function variantsOf(settings: EsftSettings): EsftVariant[] {
  const { tasks, pretrainSteps, tuneSteps } = settings;
  const main = ["B-3", "B-4", "B-5"];
  const neededFor = ({ id }: Method) => (timedMethods.includes(id) ? [...main, "B-10"] : main);
  return [
    {
      ...{ id: "base", name: "base model", weight: pretrainSteps / tuneSteps },
      experiments: Object.keys(experiments),
    },
    ...tasks.flatMap((task) => [
      ...mainMethods(settings).map((method) => tuning(task, method, neededFor(method))),
      ...sweepMethods(settings).map((method) => tuning(task, method, ["B-5"])),
    ]),
    { id: "costs", name: "costs", after: ["base"], isAlone: true, experiments: ["B-10"] },
  ];
}

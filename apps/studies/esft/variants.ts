import type { Variant } from "@deepgrain/lab";
import type { TaskId } from "../shared/tasks/tuning-task-ids";
import { experiments } from "./introduction";
import {
  groupMethods,
  type Method,
  mainMethods,
  partMethods,
  rateMethods,
  sweepMethods,
  timedMethods,
  variedTasksOf,
} from "./methods";
import { tuningId } from "./quantities";
import type { EsftSettings } from "./recipe";

/** A run per seed: a base model, a fine-tuning of it on a task by a method, or what is measured of it. */
export interface EsftVariant extends Variant {
  task?: TaskId;
  method?: Method;
  /** Experts of a group, in a coarser base model. */
  groups?: number;
}

/** Id of the base model, or of a coarser one. */
export const baseId = (groups = 1): string => (groups === 1 ? "base" : `base-groups-${groups}`);

const tuning = (task: TaskId, method: Method, needed: readonly string[]): EsftVariant => ({
  id: tuningId(task, method.id),
  name: `${task}, ${method.name}`,
  task,
  method,
  weight: method.rate === 0 ? 0.3 : 1.3,
  experiments: needed,
  after: [baseId(method.groups)],
});

/** The base model, every fine-tuning, and the costs alone at the end; B-10 takes stored bytes from the methods it times. */
export function variantsOf(settings: EsftSettings): EsftVariant[] {
  const { tasks, pretrainSteps, tuneSteps, groupSizes } = settings;
  const neededFor = ({ id }: Method) => [
    ...(id === "vanilla" || id === "full" ? ["B-0"] : []),
    ...["B-3", "B-4", "B-5"],
    ...(timedMethods.includes(id) ? ["B-10"] : []),
  ];
  return [
    {
      id: "base",
      name: "base model",
      weight: pretrainSteps / tuneSteps,
      experiments: Object.keys(experiments),
    },
    ...groupSizes.map((groups) => ({
      id: baseId(groups),
      name: `base model, experts in groups of ${groups}`,
      groups,
      after: ["base"],
      weight: 0.3,
    })),
    { id: "samples", name: "samples of the tasks", after: ["base"], weight: 0.5 },
    ...tasks.flatMap((task) => [
      ...mainMethods(settings).map((method) => tuning(task, method, neededFor(method))),
      ...rateMethods(settings).map((method) => tuning(task, method, ["B-4"])),
    ]),
    ...variedTasksOf(settings).flatMap((task) => [
      ...sweepMethods(settings).map((method) => tuning(task, method, ["B-5"])),
      ...partMethods(settings).map((method) => tuning(task, method, ["B-6"])),
      ...groupMethods(settings).map((method) => tuning(task, method, ["B-8"])),
    ]),
    { id: "costs", name: "costs", after: ["base"], isAlone: true, experiments: ["B-10"] },
  ];
}

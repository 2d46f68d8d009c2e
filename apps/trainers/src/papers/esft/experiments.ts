import { timedMethods } from "./measure-costs";
import { type Method, mainMethods, sweepMethods } from "./methods";
import type { EsftSettings } from "./settings";

export const experimentNames = {
  "B-1": "Few experts do most of the work",
  "B-2": "Tasks use different experts",
  "B-3": "Methods on the task",
  "B-4": "What is retained",
  "B-5": "Threshold and rank",
  "B-10": "Time and storage",
} as const;

export type ExperimentId = keyof typeof experimentNames;

/** The fine-tunings that experiments need; B-10 takes the stored bytes from the methods that it times. */
export function methodsOf(experiments: readonly ExperimentId[], settings: EsftSettings): Method[] {
  const has = (...ids: ExperimentId[]) => ids.some((id) => experiments.includes(id));
  const main = mainMethods(settings);
  if (has("B-5")) return [...main, ...sweepMethods(settings)];
  if (has("B-3", "B-4")) return main;
  return has("B-10") ? main.filter(({ id }) => timedMethods.includes(id)) : [];
}

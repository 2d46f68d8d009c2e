import {
  type ArraySpecification,
  arraySpecifications,
  arrayTask,
} from "@deepgrain/studies/deepseek-coder-v2/array-tasks";
import { coderSettings } from "@deepgrain/studies/deepseek-coder-v2/recipe";
import { TASKS } from "./limits";

/** The functions that no policy was trained on, in the study's order. */
export const heldOut: readonly ArraySpecification[] = arraySpecifications(
  coderSettings.full.functions,
).slice(0, TASKS);

/** A held-out task with its full tests. @param task from 1 */
export const taskOf = (task: number) => arrayTask(heldOut[task - 1]!);

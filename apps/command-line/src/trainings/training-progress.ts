import type { CommandContext } from "../commands/context";

/** Events of trainings about their progress. */
type TrainingEvent =
  | { type: "train-start"; step: number; steps: number }
  | { type: "step-end" | "checkpoint-end"; step: number }
  | { type: string };

/** Follows a training's events, and notes which step is done and which is on disk. */
export function progressOf(reached: CommandContext["reached"] | undefined) {
  let [done, saved, total] = [0, 0, 0];
  return (event: TrainingEvent): void => {
    if (!("step" in event)) return;
    if (event.type === "train-start") {
      done = event.step;
      saved = event.step;
      total = "steps" in event ? event.steps : 0;
    } else if (event.type === "step-end") done = event.step;
    else if (event.type === "checkpoint-end") saved = event.step;
    else return;
    if (done > 0) reached?.({ done, saved, total });
  };
}

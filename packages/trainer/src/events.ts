import type { SkippedCheckpoint } from "./checkpoint/resume";

/** What training reports. Steps count from 1: the number of steps done. */
export type FitEvent =
  | { type: "train-start"; step: number; steps: number; trainedParameters: number }
  | {
      type: "step-end";
      step: number;
      /** Mean loss of the step's batches. */
      loss: number;
      lr: number;
      /** Joint norm of the gradients before clipping. */
      gradNorm: number;
      /** The loss's further scalars, each a mean over the step's batches. */
      scalars: Record<string, number>;
    }
  | { type: "eval-end"; step: number; loss: number; scalars: Record<string, number> }
  | { type: "checkpoint-end"; step: number; path: string }
  | SkippedCheckpoint
  | { type: "train-end"; step: number };

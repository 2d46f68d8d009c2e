import type { SkippedCheckpoint } from "./checkpoint/resume";
import type { StepResult } from "./train-step";

/** What training reports. Steps count from 1: the number of steps done. */
export type FitEvent =
  | { type: "train-start"; step: number; steps: number; trainedParameters: number }
  | ({ type: "step-end"; step: number; lr: number } & StepResult)
  | { type: "eval-end"; step: number; loss: number; scalars: Record<string, number> }
  | { type: "checkpoint-end"; step: number; path: string }
  | SkippedCheckpoint
  | { type: "train-end"; step: number };

import { type FeedForward, type LayerLoad, monitorLoad } from "@deepgrain/moe";
import type { Progress } from "../cli/progress";
import type { MetricsLog } from "../store/metrics-log";

/** How a layer uses its experts on held-out text: one entry of `layers` in a record of type `load`. */
export interface LayerLoadRecord {
  layer: string;
  /** Choices of each expert. */
  counts: number[];
  /** (largest − mean) / mean of them. */
  maxViolation: number;
  /** Share of choices dropped in the last training batch; nothing is dropped in evaluation. */
  droppedFraction: number;
}

export interface LoadWatch {
  /** Call it after each step: counts its choices, and those of the evaluation that may follow anew. */
  endStep(): Promise<void>;
  /** Call it after an evaluation: appends a record of type `load`. */
  endEvaluation(step: number): Promise<void>;
  /** The training's load since it began or was resumed. */
  report(): LayerLoad[];
  dispose(): void;
}

interface WatchOptions {
  stage: string;
  steps: number;
  progress: Progress;
  metrics: MetricsLog;
}

/** Steps without a token after which an expert counts as dead: a tenth of the training, 100 at most. */
const deadAfterOf = (steps: number): number => Math.min(100, Math.max(1, Math.ceil(steps / 10)));

const recordOf = ({ name, counts, maxVioGlobal, droppedFraction }: LayerLoad): LayerLoadRecord => ({
  layer: name,
  counts: [...counts],
  maxViolation: maxVioGlobal,
  droppedFraction,
});

/**
 * Watches the experts of a training: warns of those that get no token any more, and records how evenly each layer is used
 * on held-out text, which depends on the weights alone, however often the training is interrupted.
 */
export function watchLoad(
  layers: Iterable<FeedForward>,
  { stage, steps, progress, metrics }: WatchOptions,
): LoadWatch {
  const all = [...layers];
  const deadAfter = deadAfterOf(steps);
  const training = monitorLoad(all, { deadAfter, passes: "training" });
  const evaluation = monitorLoad(all, { passes: "evaluation" });
  const known = new Set<string>();
  let ended = 0;

  const warn = () => {
    for (const { name, dead } of training.report()) {
      const fresh = dead.filter((expert) => !known.has(`${name} ${expert}`));
      for (const expert of fresh) known.add(`${name} ${expert}`);
      if (fresh.length > 0)
        progress.note(
          `Warning: ${name}: no token for ${deadAfter} steps reached expert${fresh.length > 1 ? "s" : ""} ${fresh.join(", ")}`,
        );
    }
  };
  return {
    async endStep() {
      evaluation.reset();
      await training.endStep();
      if (++ended % deadAfter === 0) warn();
    },
    async endEvaluation(step) {
      await evaluation.endStep();
      const records = evaluation.report().map(recordOf);
      if (records.length > 0) await metrics.append({ stage, type: "load", step, layers: records });
    },
    report: training.report,
    dispose() {
      training.dispose();
      evaluation.dispose();
    },
  };
}

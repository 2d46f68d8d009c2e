import { type FeedForward, type LayerLoad, maxViolation, monitorLoad } from "@deepgrain/moe";
import type { Progress } from "../cli/progress";
import type { MetricsLog } from "../store/metrics-log";

/** How a layer used its experts since the record before: one entry of `layers` in a record of type `load`. */
export interface LayerLoadRecord {
  layer: string;
  /** Choices of each expert. */
  counts: number[];
  /** (largest − mean) / mean of them. */
  maxViolation: number;
  /** Experts without a token in the last `deadAfter` steps. */
  dead: number[];
  /** Mean share of choices dropped, since the training began or was resumed. */
  droppedFraction: number;
}

export interface LoadWatch {
  /** Call it after each step. */
  endStep(): Promise<void>;
  /** Appends a record of type `load`, if there were steps since the last. */
  record(step: number): Promise<void>;
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

/**
 * Watches the experts of a training, evaluations left out: warns of experts that get no token any more, and writes how
 * evenly each layer is used.
 */
export function watchLoad(
  layers: Iterable<FeedForward>,
  { stage, steps, progress, metrics }: WatchOptions,
): LoadWatch {
  const deadAfter = deadAfterOf(steps);
  const monitor = monitorLoad(layers, { deadAfter, passes: "training" });
  const before = new Map<string, Float64Array>();
  const known = new Set<string>();
  let [ended, recorded] = [0, 0];

  const warn = () => {
    for (const { name, dead } of monitor.report()) {
      const fresh = dead.filter((expert) => !known.has(`${name} ${expert}`));
      for (const expert of fresh) known.add(`${name} ${expert}`);
      if (fresh.length > 0)
        progress.note(
          `Warning: ${name}: no token for ${deadAfter} steps reached expert${fresh.length > 1 ? "s" : ""} ${fresh.join(", ")}`,
        );
    }
  };
  const since = ({ name, counts, dead, droppedFraction }: LayerLoad): LayerLoadRecord => {
    const last = before.get(name);
    const fresh = counts.map((count, expert) => count - (last?.[expert] ?? 0));
    before.set(name, counts);
    const shared = { layer: name, dead, droppedFraction };
    return { ...shared, counts: [...fresh], maxViolation: maxViolation(fresh) };
  };
  return {
    async endStep() {
      await monitor.endStep();
      if (++ended % deadAfter === 0) warn();
    },
    async record(step) {
      if (recorded === ended) return;
      recorded = ended;
      const rows = monitor.report().map(since);
      if (rows.length > 0) await metrics.append({ stage, type: "load", step, layers: rows });
    },
    report: monitor.report,
    dispose: monitor.dispose,
  };
}

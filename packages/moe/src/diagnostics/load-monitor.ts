import { type Given, oneOf, options, whole } from "@deepgrain/support/schema";
import { noGrad, tidy } from "@deepgrain/tensor-gpu";
import { maxViolation } from "../balance/max-violation";
import { having, iterableOf, read } from "../errors";
import type { FeedForward } from "../layer/feed-forward";
import { KeptValue } from "../layer/kept-value";
import type { RouteEvent } from "../layer/route-observers";

/** The expert load of one layer since the monitor started (or was reset). */
export interface LayerLoad {
  /** The layer's `name`. */
  name: string;
  /** Choices of each expert, before dropping. */
  counts: Float64Array;
  /** Number of completed steps. */
  steps: number;
  /** Over all steps together. */
  maxVioGlobal: number;
  /** The mean over steps. */
  maxVioBatch: number;
  /** Experts that got no token in the last `deadAfter` steps or more. */
  dead: number[];
  /** The mean share of choices dropped, over steps. */
  droppedFraction: number;
}

interface Watched {
  layer: FeedForward;
  pending: KeptValue;
  counts: Float64Array;
  idleSteps: Uint32Array;
  steps: number;
  violations: number;
  dropped: number;
  /** Of the last pass. */
  lastDropped: number;
}

function watchRoute(watched: Watched, event: RouteEvent): void {
  const experts = event.scores.shape[1]!;
  if (watched.counts.length === 0) {
    watched.counts = new Float64Array(experts);
    watched.idleSteps = new Uint32Array(experts);
  }
  const before = watched.pending.value;
  tidy(() =>
    noGrad(() => {
      watched.pending.replace(before ? before.add(event.counts) : event.counts);
    }),
  );
  watched.lastDropped = event.droppedFraction;
}

async function endStep(watched: Watched): Promise<void> {
  const { pending } = watched;
  if (!pending.value) return;
  const counts = await pending.value.data();
  pending.replace(null);
  counts.forEach((count, expert) => {
    watched.counts[expert]! += count;
    watched.idleSteps[expert] = count > 0 ? 0 : watched.idleSteps[expert]! + 1;
  });
  watched.steps++;
  watched.violations += maxViolation(counts);
  watched.dropped += watched.lastDropped;
}

/** A running monitor, returned by `monitorLoad`. */
export interface LoadMonitor {
  /** Ends a step (one or more forward passes). Await it before the next pass. */
  endStep(): Promise<void>;
  /** One row per layer that routed. */
  report(): LayerLoad[];
  /** Resets all counts. */
  reset(): void;
  /** Stops monitoring and frees its memory. */
  dispose(): void;
}

const monitoring = options({
  /** Steps without a token after which an expert counts as dead. */
  deadAfter: whole({ min: 1 }, 100),
  /** Which forward passes count: all, those in training mode, or those in evaluation mode. */
  passes: oneOf(["all", "training", "evaluation"], "all"),
});

/** Options of {@link monitorLoad}. */
export interface LoadMonitorOptions extends Given<typeof monitoring> {}

/**
 * Monitors how evenly layers use their experts during training or evaluation, without changing the model.
 *
 * @param layers the layers to monitor; dense ones are ignored
 * @throws {MoeError} `ERR_RANGE` for `deadAfter` below 1
 */
export function monitorLoad(
  layers: Iterable<FeedForward>,
  options: LoadMonitorOptions = {},
): LoadMonitor {
  const { deadAfter, passes } = read(monitoring, "monitorLoad", options);
  iterableOf("monitorLoad", "layers", layers);
  const watch = (layer: FeedForward): Watched => ({
    layer,
    pending: new KeptValue(),
    counts: new Float64Array(0),
    idleSteps: new Uint32Array(0),
    steps: 0,
    violations: 0,
    dropped: 0,
    lastDropped: 0,
  });
  const all = [...layers].map((layer) => watch(having("monitorLoad", "layer", layer, "onRoute")));
  const reset = () => {
    for (const watched of all) {
      watched.pending.replace(null);
      Object.assign(watched, { ...watch(watched.layer), pending: watched.pending });
    }
  };
  const counts = ({ training }: FeedForward) =>
    passes === "all" || training === (passes === "training");
  const stops = all.map((watched) =>
    watched.layer.onRoute((event) => {
      if (counts(watched.layer)) watchRoute(watched, event);
    }),
  );
  return {
    endStep: async () => void (await Promise.all(all.map(endStep))),
    report: () =>
      all.filter(({ steps }) => steps > 0).map((watched) => reportOf(watched, deadAfter)),
    reset,
    dispose() {
      for (const stop of stops) stop();
      reset();
    },
  };
}

function reportOf(watched: Watched, deadAfter: number): LayerLoad {
  const { layer, counts, idleSteps, steps, violations, dropped } = watched;
  return {
    name: layer.name,
    counts: counts.slice(),
    steps,
    maxVioGlobal: maxViolation(counts),
    maxVioBatch: violations / steps,
    dead: [...idleSteps.keys()].filter((expert) => idleSteps[expert]! >= deadAfter),
    droppedFraction: dropped / steps,
  };
}

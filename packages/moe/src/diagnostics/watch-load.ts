import { type Given, options, required, whole } from "@deepgrain/support/schema";
import { iterableOf, read } from "../errors";
import type { FeedForward } from "../layer/feed-forward";
import { type LayerLoad, monitorLoad } from "./load-monitor";

const watching = options({
  /** Steps of the training. */
  steps: required(whole({ min: 0 })),
});

/** Watches the experts of a training; made by {@link watchLoad}. */
export interface LoadWatch {
  /** Steps without a token after which an expert counts as dead: a tenth of the training, 100 at most. */
  readonly deadAfter: number;
  /**
   * Call it after each step: counts its choices, and starts anew with those of the evaluation that may follow.
   * @returns the experts by layer that have died and were not returned before; looked for every `deadAfter` steps
   */
  endStep(): Promise<{ layer: string; experts: number[] }[]>;
  /** Call it after an evaluation. @returns how each layer used its experts on the held-out text */
  endEvaluation(): Promise<LayerLoad[]>;
  /** The training's load since the watch began. */
  report(): LayerLoad[];
  dispose(): void;
}

/**
 * Watches the experts of a training: which of them no longer get tokens, and how evenly each layer uses them on held-out
 * text, which depends only on the weights, however often the training is interrupted.
 *
 * @param layers the layers to watch; dense ones are ignored
 * @throws {MoeError} `ERR_RANGE` for `steps` below 0
 */
export function watchLoad(
  layers: Iterable<FeedForward>,
  options: Given<typeof watching>,
): LoadWatch {
  const { steps } = read(watching, "watchLoad", options);
  iterableOf("watchLoad", "layers", layers);
  const all = [...layers];
  const deadAfter = Math.min(100, Math.max(1, Math.ceil(steps / 10)));
  const training = monitorLoad(all, { deadAfter, passes: "training" });
  const evaluation = monitorLoad(all, { passes: "evaluation" });
  const known = new Set<string>();
  let ended = 0;
  const died = ({ name, dead }: LayerLoad) => {
    const fresh = dead.filter((expert) => !known.has(`${name} ${expert}`));
    for (const expert of fresh) known.add(`${name} ${expert}`);
    return fresh.length > 0 ? [{ layer: name, experts: fresh }] : [];
  };
  return {
    deadAfter,
    async endStep() {
      evaluation.reset();
      await training.endStep();
      return ++ended % deadAfter === 0 ? training.report().flatMap(died) : [];
    },
    async endEvaluation() {
      await evaluation.endStep();
      return evaluation.report();
    },
    report: training.report,
    dispose() {
      training.dispose();
      evaluation.dispose();
    },
  };
}

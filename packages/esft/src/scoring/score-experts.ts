import { takeTurn } from "@deepgrain/support";
import { EsftError, having, iterableOf, optionsOf, refuseUnknown } from "../errors";
import type { ObservedModel } from "../routed-model";
import {
  type AverageOptions,
  type ExpertScores,
  type GateScoreOptions,
  scoresFromTotals,
} from "./expert-scores";
import { checkTokenBudget, forwardOnly } from "./forward-only";
import { createLayerTotals, type LayerTotals } from "./layer-totals";
import { observeRoutes, type RouteRecorder } from "./observe-routes";

/** Options of {@link scoreExperts}. */
export interface ScoreOptions<Sample> extends AverageOptions, GateScoreOptions {
  /**
   * Passes one sample through the model, forward only: `(batch) => model.hiddenStates(batch)`. Its tensors are freed when
   * it returns; one that returns a promise frees what it makes later, and needs nothing after a wait of what it made before.
   */
  run: (sample: Sample) => unknown;
  /**
   * Stop after the sample with which this number of tokens is reached. Default 131,072 (32 × 4096), as in the paper.
   */
  nSampleTokens?: number | undefined;
  /** Also receives every layer's routing, for example for a trace file. */
  record?: RouteRecorder | undefined;
  /** Aborts between samples; the signal's reason is thrown. */
  signal?: AbortSignal | undefined;
}

const OPTIONS: readonly (keyof ScoreOptions<unknown>)[] = [
  "run",
  "nSampleTokens",
  "average",
  "record",
  "keepsScale",
  "signal",
];

/** Events of scoring. */
export type ScoreEvent =
  | { type: "sample-end"; samples: number; tokens: number; nSampleTokens: number }
  | {
      type: "score-end";
      scores: ExpertScores;
      samples: number;
      tokens: number;
      /** True when the samples ended before `nSampleTokens`. */
      isExhausted: boolean;
    };

/**
 * Measures how much a task uses each expert: passes samples through the model in evaluation mode and observes its
 * routers. The model is not changed, and any forward path can be used. Give samples in the order in which they should
 * be drawn (shuffled), encoded with the template used for training.
 *
 * @param model its mixture-of-experts layers
 * @param samples inputs for `run`, one at a time; batches are fine when `run` hides padding from the router
 * @param options.nSampleTokens default 131,072
 * @yields one event per sample, and at the end one with the scores, which are also the return value
 * @throws {EsftError} `ERR_RANGE` for a model without such layers or an expert number out of range; `ERR_MISSING` when
 *   there is no sample, or a layer received no token; `ERR_NOT_FINITE` for NaN weights; the signal's reason on abort
 * @see Wang et al. 2024 (ESFT), "Expert Relevance Score"
 */
export async function* scoreExperts<Sample>(
  model: ObservedModel,
  samples: Iterable<Sample> | AsyncIterable<Sample>,
  options: ScoreOptions<Sample>,
): AsyncGenerator<ScoreEvent, ExpertScores> {
  const {
    run,
    nSampleTokens = 131_072,
    average,
    record,
    keepsScale,
    signal,
    ...rest
  } = optionsOf("scoreExperts", options);
  refuseUnknown("scoreExperts", rest, OPTIONS);
  having("scoreExperts", "model", model, "moeLayers");
  iterableOf("scoreExperts", "samples", samples);
  checkTokenBudget("scoreExperts", nSampleTokens);
  const totals = totalsOf(model);
  const listener = observeRoutes(model.moeLayers, totals, { record, keepsScale });
  const wasTraining = model.training === true;
  let [read, tokens] = [0, 0];
  try {
    if (wasTraining) model.train?.(false);
    for await (const sample of samples) {
      await takeTurn();
      signal?.throwIfAborted();
      await forwardOnly(() => run(sample));
      await listener.settle();
      tokens = Math.max(...[...totals.values()].map((layer) => layer.tokens));
      read++;
      yield { type: "sample-end", samples: read, tokens, nSampleTokens };
      if (tokens >= nSampleTokens) break;
    }
  } finally {
    listener.stop();
    if (wasTraining) model.train?.(true);
  }
  signal?.throwIfAborted();
  if (read === 0) throw new EsftError("ERR_MISSING", "esft/scoreExperts: there are no samples");
  const scores = scoresFromTotals(totals.values(), { average });
  yield {
    type: "score-end",
    scores,
    samples: read,
    tokens,
    isExhausted: tokens < nSampleTokens,
  };
  return scores;
}

function totalsOf(model: ObservedModel): Map<number, LayerTotals> {
  if (model.moeLayers.size === 0)
    throw new EsftError(
      "ERR_RANGE",
      "esft/scoreExperts: the model has no mixture-of-experts layer",
    );
  return new Map(
    [...model.moeLayers].map(([layer, { experts }]) => [
      layer,
      createLayerTotals(layer, experts.count),
    ]),
  );
}

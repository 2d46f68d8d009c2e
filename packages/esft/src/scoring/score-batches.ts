import type { CausalLM, LabelledBatch } from "@deepgrain/lm";
import { EsftError, having, optionsOf, refuseUnknown } from "../errors";
import type { AverageOptions, ExpertScores, GateScoreOptions } from "./expert-scores";
import type { RouteRecorder } from "./observe-routes";
import { scoreExperts } from "./score-experts";

/** Options of {@link scoreBatches}. */
export interface ScoreBatchesOptions extends AverageOptions, GateScoreOptions {
  /** Stop after the batch with which this number of tokens is reached. Default 131,072. */
  nSampleTokens?: number | undefined;
  /** Tokens that are hidden from the experts in batches without a mask. Default: none. */
  padTokenId?: number | null | undefined;
  /** Also receives every layer's routing. */
  record?: RouteRecorder | undefined;
  /** Called with the number of tokens read. */
  onTokens?: ((tokens: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Scores the experts of a language model on batches: {@link scoreExperts} with the model's forward pass and mask.
 *
 * @returns the scores, and the numbers of batches and tokens that they rest on
 * @throws {EsftError} as `scoreExperts`; the signal's reason on abort
 */
export async function scoreBatches(
  model: CausalLM,
  batches: Iterable<LabelledBatch> | AsyncIterable<LabelledBatch>,
  options: ScoreBatchesOptions = {},
): Promise<{ scores: ExpertScores; samples: number; tokens: number }> {
  having("scoreBatches", "model", model, "config");
  const where = "scoreBatches";
  const { padTokenId, onTokens, nSampleTokens, ...own } = optionsOf(where, options);
  const { average, keepsScale, record, signal, ...rest } = own;
  refuseUnknown(where, rest);
  const run = (batch: LabelledBatch) => {
    if (padTokenId === undefined || batch.attentionMask) return model.hiddenStates(batch);
    const attentionMask = Array.from(batch.ids, (id) => (id === padTokenId ? 0 : 1));
    return model.hiddenStates(batch, { attentionMask });
  };
  const settings = { run, nSampleTokens, average, keepsScale, record, signal };
  for await (const event of scoreExperts(model, batches, settings)) {
    if (event.type === "score-end") {
      const { scores, samples, tokens } = event;
      return { scores, samples, tokens };
    }
    onTokens?.(event.tokens);
  }
  throw new EsftError("ERR_STATE", "esft/scoreBatches: scoring ended without scores");
}

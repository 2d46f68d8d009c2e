import {
  type AverageOptions,
  type ExpertScores,
  type GateScoreOptions,
  type RouteRecorder,
  scoreExperts,
} from "@deepgrain/esft";
import type { CausalLM, LabelledBatch } from "@deepgrain/lm";
import { takeTurn } from "@deepgrain/support";

export interface ScoreBatchesOptions extends AverageOptions, GateScoreOptions {
  /** Tokens on which scores rest. */
  nSampleTokens: number;
  /** Tokens that are hidden from the experts in batches without a mask. Default: none. */
  padTokenId?: number | null;
  /** Also receives every layer's routing. */
  record?: RouteRecorder | undefined;
  /** Called with the number of tokens read. */
  onTokens?: (tokens: number) => void;
  signal: AbortSignal;
}

/** Scores of a text, and what was read for them. */
export interface ScoredText {
  scores: ExpertScores;
  samples: number;
  tokens: number;
}

/** Scores the experts of a model on batches. */
export async function scoreBatches(
  model: CausalLM,
  batches: Iterable<LabelledBatch> | AsyncIterable<LabelledBatch>,
  { padTokenId, record, onTokens, ...options }: ScoreBatchesOptions,
): Promise<ScoredText> {
  const events = scoreExperts(model, batches, {
    run: (batch) => {
      if (padTokenId === undefined || batch.attentionMask) return model.hiddenStates(batch);
      const attentionMask = Array.from(batch.ids, (id) => (id === padTokenId ? 0 : 1));
      return model.hiddenStates(batch, { attentionMask });
    },
    ...options,
    ...(record && { record }),
  });
  for await (const event of events) {
    if (event.type === "score-end") return event;
    onTokens?.(event.tokens);
    await takeTurn();
  }
  throw new Error("scoring ended early");
}

/** Numbers by layer, as JSON has them. */
export const layerRows = (
  layers: ReadonlyMap<number, ArrayLike<number>>,
): Record<string, number[]> =>
  Object.fromEntries([...layers].map(([layer, values]) => [layer, Array.from(values)]));

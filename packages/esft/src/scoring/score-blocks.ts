import { keep, noGrad, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import { EsftError } from "../errors";
import type { ObservedLayer } from "../routed-model";
import { type AverageOptions, type ExpertScores, scoresFromTotals } from "./expert-scores";
import { createLayerTotals, type LayerTotals } from "./layer-totals";
import { observeRoutes, type RouteRecorder } from "./observe-routes";
import type { LayerScoreEvent } from "./score-routers";

/** One decoder block, alone in memory. */
export interface StreamedBlock {
  /** Its mixture-of-experts layer; null in a dense block. */
  readonly moe: ObservedLayer | null;
  /** The residual stream through the block: [batch, seq, hidden] to the same. */
  forward(hidden: Tensor): Tensor;
  dispose(): void;
}

/** Options of {@link scoreBlocks}. */
export interface ScoreBlocksOptions extends AverageOptions {
  /** Decoder blocks of the model. */
  blocks: number;
  /** Reads one block; it is disposed before the next is opened. */
  openBlock: (
    block: number,
    options: { signal: AbortSignal | undefined },
  ) => StreamedBlock | Promise<StreamedBlock>;
  record?: RouteRecorder;
  signal?: AbortSignal | undefined;
}

/**
 * Scores experts of a model of which only one block fits in memory: passes all samples through a block, forgets the
 * block, goes on with the next. Beside that block it holds the samples' residual streams, 4·tokens·hidden bytes.
 *
 * @param samples embedded samples [batch, seq, hidden]; they stay the caller's
 * @yields an event for each block that routes, and at the end one with the scores, which are also the return value
 * @throws {EsftError} `ERR_MISSING` without samples, or when no block routes; what `addRoute` throws; the signal's reason
 */
export async function* scoreBlocks(
  samples: readonly Tensor[],
  { blocks, openBlock, record, average, signal }: ScoreBlocksOptions,
): AsyncGenerator<LayerScoreEvent, ExpertScores> {
  if (samples.length === 0)
    throw new EsftError("ERR_MISSING", "esft/scoreBlocks: there are no samples");
  const totals = new Map<number, LayerTotals>();
  const streams = samples.map((sample) => sample.alias());
  try {
    for (let block = 0; block < blocks; block++) {
      signal?.throwIfAborted();
      const open = await openBlock(block, { signal });
      try {
        await passBlock(block, open, streams, totals, record, signal);
      } finally {
        open.dispose();
      }
      const layer = totals.get(block);
      if (layer)
        yield {
          type: "layer-end",
          layer: block,
          layersDone: block + 1,
          layers: blocks,
          tokens: layer.tokens,
        };
    }
  } finally {
    for (const stream of streams) stream.dispose();
  }
  if (totals.size === 0)
    throw new EsftError("ERR_MISSING", "esft/scoreBlocks: no block has a mixture-of-experts layer");
  const scores = scoresFromTotals(totals.values(), average ? { average } : {});
  yield { type: "score-end", scores };
  return scores;
}

/** Passes all samples through one block; each stream is replaced by what comes out. */
async function passBlock(
  block: number,
  open: StreamedBlock,
  streams: Tensor[],
  totals: Map<number, LayerTotals>,
  record: RouteRecorder | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { moe } = open;
  if (moe) totals.set(block, createLayerTotals(block, moe.experts.count));
  const layers = new Map(moe ? [[block, moe] as const] : []);
  const listener = observeRoutes(layers, totals, record);
  try {
    for (const [i, stream] of streams.entries()) {
      signal?.throwIfAborted();
      streams[i] = keep(noGrad(() => tidy(() => open.forward(stream))));
      if (streams[i] !== stream) stream.dispose();
      await listener.settle();
    }
  } finally {
    listener.stop();
  }
}

import { takeTurn } from "@deepgrain/support";
import { type NamedTensor, noGrad, type Tensor, tensor, tidy } from "@deepgrain/tensor-gpu";
import { EsftError, iterableOf, optionsOf, refuseUnknown } from "../errors";
import type { ObservedLayer } from "../routed-model";
import {
  type AverageOptions,
  type ExpertScores,
  type GateScoreOptions,
  scoresFromTotals,
} from "./expert-scores";
import { checkTokenBudget } from "./forward-only";
import { createLayerTotals, type LayerTotals } from "./layer-totals";
import { observeRoutes, type RouteRecorder } from "./observe-routes";
import type { LayerScoreEvent } from "./score-routers";

/** One decoder block, the only one in memory. */
export interface StreamedBlock {
  /** Its mixture-of-experts layer; null in a dense block. */
  readonly moe: ObservedLayer | null;
  /** The residual stream through the block: [batch, seq, hidden] to the same. */
  forward(hidden: Tensor): Tensor;
  dispose(): void;
}

/** Options of {@link scoreBlocks}. */
export interface ScoreBlocksOptions extends AverageOptions, GateScoreOptions {
  /** Decoder blocks of the model. */
  blocks: number;
  /** Reads one block; it is disposed before the next is opened. */
  openBlock: (
    block: number,
    options: { signal: AbortSignal | undefined },
  ) => StreamedBlock | Promise<StreamedBlock>;
  /** Stop after the sample with which this number of tokens is reached. Default 131,072. */
  nSampleTokens?: number | undefined;
  /** Also receives every layer's routing, for example for a trace file. */
  record?: RouteRecorder | undefined;
  /** Aborts between samples; the signal's reason is thrown. */
  signal?: AbortSignal | undefined;
}

/** The samples up to the one with which the budget is reached. */
async function takeSamples(
  samples: Iterable<NamedTensor> | AsyncIterable<NamedTensor>,
  nSampleTokens: number,
  signal: AbortSignal | undefined,
): Promise<NamedTensor[]> {
  const taken: NamedTensor[] = [];
  let tokens = 0;
  for await (const sample of samples) {
    await takeTurn();
    signal?.throwIfAborted();
    taken.push(sample);
    tokens += sample.data.length / Math.max(1, sample.shape.at(-1)!);
    if (tokens >= nSampleTokens) return taken;
  }
  if (taken.length > 0) return taken;
  throw new EsftError("ERR_MISSING", "esft/scoreBlocks: there are no samples");
}

/**
 * Scores experts of a model of which only one block fits in memory: passes all samples through a block, disposes it,
 * and continues with the next. The engine holds that block and one sample; the residual streams of the other samples
 * are kept outside, 4·tokens·hidden bytes. `streamModel` of `@deepgrain/lm` provides `embed` and `openBlock`.
 *
 * @param samples embedded samples [batch, seq, hidden], taken one by one; their numbers are not changed
 * @yields an event for each block that routes, and at the end one with the scores, which are also the return value
 * @throws {EsftError} `ERR_MISSING` without samples, or when no block has routed experts; `ERR_RANGE` for a token
 *   budget below 1; errors of `addRoute`; the signal's reason
 */
export async function* scoreBlocks(
  samples: Iterable<NamedTensor> | AsyncIterable<NamedTensor>,
  options: ScoreBlocksOptions,
): AsyncGenerator<LayerScoreEvent, ExpertScores> {
  const {
    blocks,
    openBlock,
    nSampleTokens = 131_072,
    average,
    record,
    keepsScale,
    signal,
    ...rest
  } = optionsOf("scoreBlocks", options);
  refuseUnknown("scoreBlocks", rest);
  iterableOf("scoreBlocks", "samples", samples);
  checkTokenBudget("scoreBlocks", nSampleTokens);
  const totals = new Map<number, LayerTotals>();
  const streams = await takeSamples(samples, nSampleTokens, signal);
  for (let block = 0; block < blocks; block++) {
    await takeTurn();
    signal?.throwIfAborted();
    const open = await openBlock(block, { signal });
    try {
      await passBlock(block, open, streams, totals, { record, keepsScale, signal });
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
  if (totals.size === 0)
    throw new EsftError("ERR_MISSING", "esft/scoreBlocks: no block has a mixture-of-experts layer");
  const scores = scoresFromTotals(totals.values(), { average });
  yield { type: "score-end", scores };
  return scores;
}

type PassOptions = Pick<ScoreBlocksOptions, "record" | "keepsScale" | "signal">;

/** Passes all samples through one block; each stream is replaced by the block's output. */
async function passBlock(
  block: number,
  open: StreamedBlock,
  streams: NamedTensor[],
  totals: Map<number, LayerTotals>,
  { record, keepsScale = false, signal }: PassOptions,
): Promise<void> {
  const { moe } = open;
  if (moe) totals.set(block, createLayerTotals(block, moe.experts.count));
  const layers = new Map(moe ? [[block, moe] as const] : []);
  const listener = observeRoutes(layers, totals, { record, keepsScale });
  try {
    for (const [i, { shape, data }] of streams.entries()) {
      await takeTurn();
      signal?.throwIfAborted();
      const out = noGrad(() => tidy(() => open.forward(tensor(data, { shape }))));
      try {
        streams[i] = { shape: out.shape, data: (await out.data()) as Float32Array };
      } finally {
        out.dispose();
      }
      await listener.settle();
    }
  } finally {
    listener.stop();
  }
}

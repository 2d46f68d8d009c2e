import { takeTurn } from "@deepgrain/support";
import { linear, noGrad, type Tensor, tensor, tidy } from "@deepgrain/tensor-gpu";
import { EsftError, having, listOf, optionsOf, refuseUnknown } from "../errors";
import type { MoeLayout, RouterSettings } from "../families/moe-layout";
import {
  type AverageOptions,
  type ExpertScores,
  type GateScoreOptions,
  scoresFromTotals,
} from "./expert-scores";
import { checkTokenBudget } from "./forward-only";
import { addRoute, createLayerTotals, type LayerTotals } from "./layer-totals";
import type { RouteRecorder } from "./observe-routes";

/** Tensors that are read on demand; `openCheckpoint` of `@deepgrain/tensor-gpu` returns one. */
export interface LazyTensors {
  has(name: string): boolean;
  readFloat32(
    name: string,
    options?: { signal?: AbortSignal | undefined },
  ): Promise<{ readonly shape: readonly number[]; readonly data: Float32Array }>;
}

/** The input of a layer's router: the residual stream after the norm before the feed-forward part. */
export interface RouterInputs {
  /** [tokens, hidden] */
  hidden: Float32Array;
  /** Sequences of equal length that the tokens form. Default 1. */
  sequences?: number | undefined;
}

/** Chooses experts from logits [tokens, experts]; `topKGate` of `@deepgrain/moe` is one. */
export type GateFunction = (
  logits: Tensor,
  router: RouterSettings,
  options: { bias: Tensor | null },
) => { ids: Tensor; weights: Tensor };

/** Options of {@link scoreRouters}. */
export interface ScoreRoutersOptions extends AverageOptions, GateScoreOptions {
  /** Yields a layer's router inputs, piece by piece. */
  routerInputs: (layer: number) => Iterable<RouterInputs> | AsyncIterable<RouterInputs>;
  /** Chooses experts from logits: `topKGate` of `@deepgrain/moe`. */
  gate: GateFunction;
  /** Blocks to score. Default: all with routed experts. */
  layers?: readonly number[] | undefined;
  /** Tokens after which a layer is done. Default 131,072. */
  nSampleTokens?: number | undefined;
  /** Also receives every layer's routing, for example for a trace file. */
  record?: RouteRecorder | undefined;
  /** Aborts between layers; the signal's reason is thrown. */
  signal?: AbortSignal | undefined;
}

/** Events of scoring one layer after another: `layersDone` of `layers` are done (of all blocks in `scoreBlocks`). */
export type LayerScoreEvent =
  | { type: "layer-end"; layer: number; layersDone: number; layers: number; tokens: number }
  | { type: "score-end"; scores: ExpertScores };

/**
 * Scores experts of a checkpoint that does not fit in memory, from only its routers: reads one router at a time and
 * passes stored or streamed router inputs through it. No expert is read. The inputs may come from any program that can
 * write hidden states; to compute them as well, see `scoreBlocks`.
 *
 * @param layout names and routing settings, from `layoutFromConfig`
 * @param tensors the open checkpoint
 * @yields one event per layer, and at the end one with the scores, which are also the return value
 * @throws {EsftError} `ERR_MISSING` for a router that the checkpoint lacks or a layer without inputs; `ERR_SHAPE` when a
 *   router or inputs have another width; `ERR_NOT_FINITE` for NaN
 */
export async function* scoreRouters(
  layout: MoeLayout,
  tensors: LazyTensors,
  options: ScoreRoutersOptions,
): AsyncGenerator<LayerScoreEvent, ExpertScores> {
  const {
    routerInputs,
    gate,
    layers = layout?.moeLayers,
    nSampleTokens = 131_072,
    record,
    average,
    keepsScale,
    signal,
    ...rest
  } = optionsOf("scoreRouters", options);
  refuseUnknown("scoreRouters", rest);
  having("scoreRouters", "layout", layout, "moeLayers");
  listOf("scoreRouters", "layers", layers);
  checkTokenBudget("scoreRouters", nSampleTokens);
  const pass = { routerInputs, gate, nSampleTokens, record, keepsScale, signal };
  const done: LayerTotals[] = [];
  for (const layer of layers) {
    await takeTurn();
    signal?.throwIfAborted();
    const totals = await scoreRouter(layout, tensors, layer, pass);
    done.push(totals);
    const { tokens } = totals;
    yield { type: "layer-end", layer, layersDone: done.length, layers: layers.length, tokens };
  }
  const scores = scoresFromTotals(done, { average });
  yield { type: "score-end", scores };
  return scores;
}

async function readRouter(
  layout: MoeLayout,
  tensors: LazyTensors,
  layer: number,
  signal: AbortSignal | undefined,
): Promise<{ weight: Tensor; bias: Tensor | null }> {
  const { nRouted, hiddenSize } = layout;
  const read = async (name: string, wanted: readonly number[]): Promise<Tensor> => {
    if (!tensors.has(name))
      throw new EsftError(
        "ERR_MISSING",
        `esft/scoreRouters: the checkpoint must hold ${name}, which layer ${layer} routes by`,
        { fields: { name, layer } },
      );
    const { shape, data } = await tensors.readFloat32(name, { signal });
    if (shape.join() === wanted.join()) return tensor(data, { shape: [...wanted] });
    throw new EsftError(
      "ERR_SHAPE",
      `esft/scoreRouters: ${name} must have shape [${wanted.join(", ")}], got [${shape.join(", ")}]`,
      { fields: { name, shape, wanted } },
    );
  };
  const biasName = layout.biasTensor(layer);
  const weight = await read(layout.gateTensor(layer), [nRouted, hiddenSize]);
  return { weight, bias: biasName === null ? null : await read(biasName, [nRouted]) };
}

async function scoreRouter(
  layout: MoeLayout,
  tensors: LazyTensors,
  layer: number,
  options: ScoreRoutersOptions & { nSampleTokens: number },
): Promise<LayerTotals> {
  const { routerInputs, gate, nSampleTokens, record, keepsScale = false, signal } = options;
  const router = keepsScale ? layout.router : { ...layout.router, scale: 1 };
  const totals = createLayerTotals(layer, layout.nRouted);
  const { weight, bias } = await readRouter(layout, tensors, layer, signal);
  try {
    for await (const { hidden, sequences = 1 } of routerInputs(layer)) {
      await takeTurn();
      signal?.throwIfAborted();
      const tokens = hidden.length / layout.hiddenSize;
      if (!Number.isInteger(tokens))
        throw new EsftError(
          "ERR_SHAPE",
          `esft/scoreRouters: inputs of layer ${layer} must be [tokens, ${layout.hiddenSize}], got ${hidden.length} numbers`,
          { fields: { layer, length: hidden.length } },
        );
      const route = await routeRows(hidden, tokens, { weight, bias, layout, router, gate });
      addRoute(totals, { ...route, sequences });
      await record?.(layer, { ...route, sequences });
      if (totals.tokens >= nSampleTokens) break;
    }
  } finally {
    weight.dispose();
    bias?.dispose();
  }
  return totals;
}

async function routeRows(
  hidden: Float32Array,
  tokens: number,
  by: {
    weight: Tensor;
    bias: Tensor | null;
    layout: MoeLayout;
    router: RouterSettings;
    gate: GateFunction;
  },
): Promise<{ ids: Int32Array; weights: Float32Array; topK: number }> {
  const { weight, bias, layout, router, gate } = by;
  const { ids, weights } = noGrad(() =>
    tidy(() => {
      const x = tensor(hidden, { shape: [tokens, layout.hiddenSize] });
      const chosen = gate(linear(x, weight), router, { bias });
      return { ids: chosen.ids, weights: chosen.weights };
    }),
  );
  try {
    return {
      ids: (await ids.data()) as Int32Array,
      weights: (await weights.data()) as Float32Array,
      topK: layout.topK,
    };
  } finally {
    ids.dispose();
    weights.dispose();
  }
}

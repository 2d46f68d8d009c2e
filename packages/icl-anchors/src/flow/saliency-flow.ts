import { takeTurn } from "@deepgrain/support";
import { noGrad } from "@deepgrain/tensor-gpu";
import { AnchorsError, having, oneOf, optionsOf, refuseUnknown, whole } from "../errors";
import type { HookedModel } from "../model";
import { checkPrompts } from "../prompts/check-prompts";
import type { Prompt } from "../prompts/prompt";
import type { RunOptions } from "../run/answers";
import { promptBatches } from "../run/prompt-batch";
import { meanOf } from "../support/mean";
import { batchFlow, checkFlowOptions, type FlowOptions } from "./flow-matrices";
import { type FlowMeans, flowMeans, relativeFlow } from "./flow-sums";

const flowNames: readonly (keyof (FlowOptions & RunOptions))[] = [
  "measure",
  "order",
  "lossOver",
  "batchSize",
  "onProgress",
  "signal",
];

/** Flow through one layer of one prompt. */
export interface LayerFlow extends FlowMeans {
  /** I(i, j), flow from token j into token i, [T, T] row-major, diagonal included; the means exclude it. */
  flow: Float32Array;
}

/** Flow through one prompt. */
export interface PromptFlow {
  /** Tokens. */
  length: number;
  /** Cross-entropy of the right class; null if the measure needs no loss. */
  loss: number | null;
  layers: LayerFlow[];
}

/** Yields the flow of each prompt, in order. */
export async function* promptFlows(
  model: HookedModel,
  prompts: readonly Prompt[],
  options: FlowOptions & RunOptions = {},
): AsyncGenerator<PromptFlow, void> {
  const {
    batchSize = 8,
    onProgress,
    signal,
    measure,
    order,
    lossOver,
    ...rest
  } = optionsOf("promptFlows", options);
  refuseUnknown("promptFlows", rest);
  having("promptFlows", "model", model, "config", "hiddenStates", "head");
  const flowOptions = { measure, order, lossOver };
  checkPrompts("saliencyFlow", model, prompts);
  checkFlowOptions("saliencyFlow", prompts, flowOptions);
  whole("saliencyFlow", "batchSize", batchSize, { min: 1 });
  const needsLoss = measure !== "attention" && measure !== "attention-value";
  for (const batch of promptBatches(prompts, batchSize)) {
    await takeTurn();
    signal?.throwIfAborted();
    const measured = () => batchFlow(model, batch, flowOptions);
    const { flows, losses } = needsLoss ? measured() : noGrad(measured);
    const data = await Promise.all(flows.map((flow) => flow.data()));
    const lossData = await losses?.data();
    for (const tensor of [...flows, losses]) tensor?.dispose();
    for (const [row, prompt] of batch.prompts.entries()) {
      const length = prompt.ids.length;
      const layers = data.map((layer) => {
        const flow = cropped(layer, row, { length, stride: batch.length });
        return { ...flowMeans(flow, prompt, { stride: length }), flow };
      });
      yield { length, loss: finite(lossData?.[row] ?? null, batch.first + row), layers };
    }
    onProgress?.(batch.first + batch.prompts.length, prompts.length);
  }
}

/** The [length, length] corner of matrix `row` of [batch, stride, stride]. */
function cropped(
  data: ArrayLike<number>,
  row: number,
  { length, stride }: { length: number; stride: number },
): Float32Array {
  const out = new Float32Array(length * length);
  for (let i = 0; i < length; i++)
    for (let j = 0; j < length; j++) out[i * length + j] = data[(row * stride + i) * stride + j]!;
  return out;
}

function finite(loss: number | null, prompt: number): number | null {
  if (loss === null || Number.isFinite(loss)) return loss;
  throw new AnchorsError(
    "ERR_NOT_FINITE",
    `icl-anchors/saliencyFlow: the loss of prompt ${prompt} is ${loss}`,
    { fields: { prompt, loss } },
  );
}

/** Mean flow over prompts. */
export interface FlowSummary {
  /** Mean over the prompts, per layer. */
  layers: FlowMeans[];
  /** The same as shares of the three types in each layer. */
  relative: FlowMeans[];
  /** Mean loss; a very small one means that the gradient, and with it the flow, nearly vanished. Null without loss. */
  meanLoss: number | null;
  prompts: number;
  measure: string;
  order: string;
  lossOver: string;
}

/**
 * Saliency flow S_wp, S_pq and S_ww of each layer, averaged over prompts: how much the text flows into the label words,
 * the label words into the target, and everything else into everything else.
 *
 *     I_l = | Σ_h A_{h,l} ⊙ ∂L/∂A_{h,l} |
 *
 * @param prompts with known classes (`gold`); the loss is the cross-entropy of the right class
 * @throws {AnchorsError} `ERR_MISSING` for a prompt without `gold`, `ERR_ARGUMENT` for unknown options, and as `answers`
 * @see Wang et al. 2023, section 2.1
 */
export async function saliencyFlow(
  model: HookedModel,
  prompts: readonly Prompt[],
  options: FlowOptions & RunOptions = {},
): Promise<FlowSummary> {
  const {
    measure = "saliency",
    order = "sum-abs",
    lossOver = "labels",
    batchSize,
    onProgress,
    signal,
    ...rest
  } = optionsOf("saliencyFlow", options);
  refuseUnknown("saliencyFlow", rest, flowNames);
  oneOf("saliencyFlow", "measure", measure, ["saliency", "attention", "attention-value"]);
  oneOf("saliencyFlow", "order", order, ["sum-abs", "abs-sum"]);
  oneOf("saliencyFlow", "lossOver", lossOver, ["labels", "vocabulary"]);
  having("saliencyFlow", "model", model, "config", "hiddenStates", "head");
  const sums = Array.from({ length: model.config.numHiddenLayers }, () => ({
    wp: 0,
    pq: 0,
    ww: 0,
  }));
  const losses: number[] = [];
  for await (const { layers, loss } of promptFlows(model, prompts, {
    measure,
    order,
    lossOver,
    batchSize,
    onProgress,
    signal,
  })) {
    if (loss !== null) losses.push(loss);
    for (const [i, { wp, pq, ww }] of layers.entries()) {
      sums[i]!.wp += wp / prompts.length;
      sums[i]!.pq += pq / prompts.length;
      sums[i]!.ww += ww / prompts.length;
    }
  }
  return {
    layers: sums,
    relative: sums.map(relativeFlow),
    meanLoss: losses.length > 0 ? meanOf(losses) : null,
    prompts: prompts.length,
    measure,
    order,
    lossOver,
  };
}

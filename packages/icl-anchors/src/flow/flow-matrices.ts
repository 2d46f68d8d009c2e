import type { ModelHooks } from "@deepgrain/lm";
import { crossEntropy, enableGrad, grad, type Tensor, tensor, tidy } from "@deepgrain/tensor-gpu";
import { AnchorsError, oneOf } from "../errors";
import type { HookedModel } from "../model";
import { assertField, idsOf } from "../prompts/check-prompts";
import { classLogits, type PromptBatch, targetLogits } from "../run/prompt-batch";

/**
 * The measure of flow: `saliency` |A ⊙ ∂L/∂A|, `attention` A, or `attention-value` A times the norm of the source's
 * value.
 */
export type FlowMeasure = "saliency" | "attention" | "attention-value";

/** How flow is measured. */
export interface FlowOptions {
  /** Default `"saliency"`. */
  measure?: FlowMeasure | undefined;
  /** Heads are summed before the absolute value is taken, or after. Default `"sum-abs"`, as in the paper. */
  order?: "sum-abs" | "abs-sum" | undefined;
  /** The loss is over the class logits only, or over the vocabulary. Default `"labels"`, as in the paper's code. */
  lossOver?: "labels" | "vocabulary" | undefined;
}

/** Flow of one batch. */
export interface BatchFlow {
  /** Per layer [batch, length, length], row = query. */
  flows: Tensor[];
  /** Cross-entropy of each prompt, [batch]; null if the measure needs no loss. */
  losses: Tensor | null;
}

/** @throws {AnchorsError} `ERR_ARGUMENT` for unknown options, `ERR_MISSING` for a prompt without a known class */
export function checkFlowOptions(
  place: string,
  prompts: PromptBatch["prompts"],
  { measure = "saliency", order = "sum-abs", lossOver = "labels" }: FlowOptions,
): void {
  oneOf(place, "measure", measure, ["saliency", "attention", "attention-value"]);
  oneOf(place, "order", order, ["sum-abs", "abs-sum"]);
  oneOf(place, "lossOver", lossOver, ["labels", "vocabulary"]);
  if (measure === "saliency") assertField(place, prompts, "gold");
}

/** Cross-entropy of the right class per prompt, [batch]. */
export function goldLosses(
  logits: Tensor,
  { prompts }: Pick<PromptBatch, "prompts">,
  lossOver: "labels" | "vocabulary" = "labels",
): Tensor {
  const isOverLabels = lossOver === "labels";
  const targets = prompts.map(({ gold, classIds }) =>
    isOverLabels ? gold! : idsOf(classIds[gold!]!)[0]!,
  );
  const scores = isOverLabels ? classLogits(logits, prompts) : logits;
  return crossEntropy(scores, tensor(Int32Array.from(targets)), { reduction: "none" });
}

/**
 * A ⊙ ∂L/∂A per layer and head, signed: [batch, heads, length, length]. The graph starts at the embeddings and ends at the
 * patterns; no gradient of a weight is computed. Losses are summed over the batch, so that rows are independent.
 */
export function signedSaliency(
  model: HookedModel,
  batch: PromptBatch,
  lossOver: "labels" | "vocabulary" = "labels",
): { products: Tensor[]; losses: Tensor } {
  return enableGrad(() => {
    const patterns: Tensor[] = [];
    const hooks: ModelHooks = {
      residual: (x, { layer }) => (layer === -1 ? x.detach().requireGrad() : undefined),
      pattern(pattern, { layer }) {
        patterns[layer] = pattern;
        return undefined;
      },
    };
    const losses = goldLosses(targetLogits(model, batch, { hooks }), batch, lossOver);
    const gradients = grad(losses.sum(), patterns);
    const products = patterns.map((pattern, layer) => pattern.detach().mul(gradients[layer]!));
    return { products, losses: losses.detach() };
  });
}

/** A times ‖v‖ of the source, per layer [batch, heads, length, length]; A alone without values. */
function attentionProducts(model: HookedModel, batch: PromptBatch, isWeighted: boolean): Tensor[] {
  const products: Tensor[] = [];
  let value: Tensor | undefined;
  targetLogits(model, batch, {
    hooks: {
      value(v) {
        value = v;
        return undefined;
      },
      pattern(pattern, { layer }) {
        products[layer] = isWeighted ? pattern.mul(valueNorms(value!, pattern)) : pattern;
        return undefined;
      },
    },
  });
  return products;
}

/** [batch, keys, keyHeads, size] -> norms [batch, heads, 1, keys] */
function valueNorms(value: Tensor, pattern: Tensor): Tensor {
  const heads = pattern.shape[1]!;
  const norms = value.square().sum({ dim: -1 }).sqrt().transpose(1, 2);
  return norms.repeatInterleave(heads / norms.shape[1]!, 1).unsqueeze(2);
}

/** Flow of a batch in every layer; the caller disposes the tensors. */
export function batchFlow(
  model: HookedModel,
  batch: PromptBatch,
  { measure = "saliency", order = "sum-abs", lossOver = "labels" }: FlowOptions = {},
): BatchFlow {
  return tidy(() => {
    const salient = measure === "saliency" ? signedSaliency(model, batch, lossOver) : null;
    const products =
      salient?.products ?? attentionProducts(model, batch, measure === "attention-value");
    if (products.length < model.config.numHiddenLayers || products.includes(undefined as never))
      throw new AnchorsError(
        "ERR_MISSING",
        "icl-anchors/saliencyFlow: the model did not call its pattern hook in every layer",
      );
    const flows = products.map((product) =>
      order === "sum-abs" ? product.sum({ dim: 1 }).abs() : product.abs().sum({ dim: 1 }),
    );
    return { flows, losses: salient?.losses ?? null };
  });
}

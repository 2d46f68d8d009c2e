import { crossEntropy, enableGrad, grad, tensor, tidy } from "@deepgrain/tensor-gpu";
import { AnchorsError } from "../errors";
import { assertField, idsOf } from "../prompts/check-prompts";
import { classLogits, targetLogits } from "../run/prompt-batch";
import { assertOneOf } from "../support/check";
/** @throws {AnchorsError} `ERR_RANGE` for unknown options, `ERR_MISSING` for a prompt without known class */
export function checkFlowOptions(place, prompts, { measure = "saliency", order = "sum-abs", lossOver = "labels" }) {
    assertOneOf(place, "measure", measure, ["saliency", "attention", "attention-value"]);
    assertOneOf(place, "order", order, ["sum-abs", "abs-sum"]);
    assertOneOf(place, "lossOver", lossOver, ["labels", "vocabulary"]);
    if (measure === "saliency")
        assertField(place, prompts, "gold");
}
/** Cross-entropy of the right class per prompt, [batch]. */
export function goldLosses(logits, { prompts }, lossOver = "labels") {
    const isOverLabels = lossOver === "labels";
    const targets = prompts.map(({ gold, classIds }) => isOverLabels ? gold : idsOf(classIds[gold])[0]);
    const scores = isOverLabels ? classLogits(logits, prompts) : logits;
    return crossEntropy(scores, tensor(Int32Array.from(targets)), { reduction: "none" });
}
/**
 * A ⊙ ∂L/∂A per layer and head, signed: [batch, heads, length, length]. The graph starts at the embeddings and ends at the
 * patterns; no gradient of a weight is computed. Losses are summed over the batch, so that rows do not depend on each other.
 */
export function signedSaliency(model, batch, lossOver = "labels") {
    return enableGrad(() => {
        const patterns = [];
        const hooks = {
            residual: (x, { layer }) => (layer === -1 ? x.detach().requireGrad() : undefined),
            pattern(pattern, { layer }) {
                patterns[layer] = pattern;
                return undefined;
            },
        };
        const losses = goldLosses(targetLogits(model, batch, { hooks }), batch, lossOver);
        const gradients = grad(losses.sum(), patterns);
        const products = patterns.map((pattern, layer) => pattern.detach().mul(gradients[layer]));
        return { products, losses: losses.detach() };
    });
}
/** A times ‖v‖ of the source, per layer [batch, heads, length, length]; A alone without values. */
function attentionProducts(model, batch, isWeighted) {
    const products = [];
    let value;
    targetLogits(model, batch, {
        hooks: {
            value(v) {
                value = v;
                return undefined;
            },
            pattern(pattern, { layer }) {
                products[layer] = isWeighted ? pattern.mul(valueNorms(value, pattern)) : pattern;
                return undefined;
            },
        },
    });
    return products;
}
/** [batch, keys, keyHeads, size] -> norms [batch, heads, 1, keys] */
function valueNorms(value, pattern) {
    const heads = pattern.shape[1];
    const norms = value.square().sum({ dim: -1 }).sqrt().transpose(1, 2);
    return norms.repeatInterleave(heads / norms.shape[1], 1).unsqueeze(2);
}
/** Flow of a batch in every layer; the caller disposes the tensors. */
export function batchFlow(model, batch, { measure = "saliency", order = "sum-abs", lossOver = "labels" } = {}) {
    return tidy(() => {
        const salient = measure === "saliency" ? signedSaliency(model, batch, lossOver) : null;
        const products = salient?.products ?? attentionProducts(model, batch, measure === "attention-value");
        if (products.length < model.config.numHiddenLayers || products.includes(undefined))
            throw new AnchorsError("ERR_MISSING", "icl-anchors/saliencyFlow: the model did not call its pattern hook in every layer");
        const flows = products.map((product) => order === "sum-abs" ? product.sum({ dim: 1 }).abs() : product.abs().sum({ dim: 1 }));
        return { flows, losses: salient?.losses ?? null };
    });
}

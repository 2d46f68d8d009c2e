import { noGrad, tidy } from "@deepgrain/tensor-gpu";
import { assertField, assertLabels, checkPrompts } from "../prompts/check-prompts";
import { answerOf } from "../run/answers";
import { promptBatches, targetLogits, targetRows } from "../run/prompt-batch";
import { assertOneOf, assertWhole } from "../support/check";
import { classAuc, cumulativeShare } from "./auc";
/** Attention of the target's row per layer, [batch, length], summed over heads, and the logits. */
function attentionRows(model, batch) {
    const rows = [];
    const hooks = {
        pattern(pattern, { layer }) {
            rows[layer] = targetRows(pattern.sum({ dim: 1 }), batch);
            return undefined;
        },
    };
    return { logits: targetLogits(model, batch, { hooks }), rows };
}
/**
 * How much the target attends to the label words of each class, per layer, beside the model's answer.
 * @throws {AnchorsError} as `answers`; `ERR_MISSING` for a class without demonstration
 */
export async function labelAttention(model, prompts, { batchSize = 16, onProgress, signal } = {}) {
    checkPrompts("labelAttention", model, prompts);
    assertLabels("labelAttention", prompts);
    assertWhole("labelAttention", "batchSize", batchSize, { least: 1 });
    const found = [];
    for (const batch of promptBatches(prompts, batchSize)) {
        signal?.throwIfAborted();
        const { rows, logits } = tidy(() => noGrad(() => attentionRows(model, batch)));
        const attention = await Promise.all(rows.map((row) => row.data()));
        const data = await logits.data();
        for (const tensor of [...rows, logits])
            tensor.dispose();
        const width = data.length / batch.prompts.length;
        for (const [i, { labelPositions, classIds }] of batch.prompts.entries()) {
            const scores = attention.map((layer) => Float64Array.from(labelPositions, (positions) => positions.reduce((sum, position) => sum + layer[i * batch.length + position], 0)));
            const answer = answerOf(data.subarray(i * width, (i + 1) * width), classIds);
            found.push({ scores, answer });
        }
        onProgress?.(found.length, prompts.length);
    }
    return found;
}
/**
 * AUCROC_l and R_l: how well the target's attention to the label words of layer l alone predicts the model's answer.
 *
 * @throws {AnchorsError} as `labelAttention`; `ERR_MISSING` when fewer than two classes occur, or a prompt has no known
 *   class and `against` is `"gold"`
 * @see Wang et al. 2023, section 2.3
 */
export async function attentionAuc(model, prompts, { against = "prediction", ...options } = {}) {
    assertOneOf("attentionAuc", "against", against, ["prediction", "gold"]);
    if (against === "gold")
        assertField("attentionAuc", prompts, "gold");
    const found = await labelAttention(model, prompts, options);
    const truth = found.map(({ answer }, i) => against === "gold" ? prompts[i].gold : answer.prediction);
    const layers = found[0].scores.map((_, layer) => classAuc(found.map(({ scores }) => scores[layer]), truth));
    const auc = layers.map((layer) => layer.auc);
    return {
        auc,
        share: cumulativeShare(auc),
        classes: layers[0].classes,
        against,
        prompts: prompts.length,
    };
}

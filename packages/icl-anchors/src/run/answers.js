import { noGrad, tidy } from "@deepgrain/tensor-gpu";
import { AnchorsError } from "../errors";
import { checkPrompts, idsOf } from "../prompts/check-prompts";
import { assertWhole } from "../support/check";
import { promptBatches, targetLogits } from "./prompt-batch";
/** Indices of the `k` largest numbers, best first; of equal ones the lower index. */
function largestIndices(values, k) {
    const best = [];
    for (let i = 0; i < values.length; i++) {
        const value = values[i];
        if (best.length === k && value <= values[best[k - 1]])
            continue;
        let at = best.length;
        while (at > 0 && value > values[best[at - 1]])
            at--;
        best.splice(at, 0, i);
        if (best.length > k)
            best.pop();
    }
    return Int32Array.from(best);
}
function softmax(values) {
    const most = Math.max(...values);
    const powers = values.map((value) => Math.exp(value - most));
    const sum = powers.reduce((a, b) => a + b, 0);
    return powers.map((power) => power / sum);
}
/**
 * The answer in a row of logits.
 *
 * @param logits of the whole vocabulary
 * @param classIds per class the id, or ids, whose logits count
 * @param options.topK tokens in `topTokens`, default 10
 * @throws {AnchorsError} `ERR_NOT_FINITE` for a class logit that is not finite
 */
export function answerOf(logits, classIds, { topK = 10 } = {}) {
    const scores = Float64Array.from(classIds, (id) => {
        const ids = idsOf(id);
        return ids.reduce((sum, one) => sum + logits[one], 0) / ids.length;
    });
    if (!scores.every(Number.isFinite))
        throw new AnchorsError("ERR_NOT_FINITE", `icl-anchors/answers: the logits of the classes must be finite, got ${[...scores].join(", ")}`);
    const prediction = scores.indexOf(Math.max(...scores));
    const topTokens = largestIndices(logits, topK);
    return { classLogits: scores, probabilities: softmax(scores), prediction, topTokens };
}
/**
 * The model's answer to each prompt: the logits at the target, of the classes alone and of the whole vocabulary.
 *
 * @throws {AnchorsError} `ERR_MISSING`, `ERR_LENGTH`, `ERR_RANGE`, `ERR_SHAPE` for prompts that do not fit the model,
 *   `ERR_NOT_FINITE`; the signal's reason
 */
export async function answers(model, prompts, options = {}) {
    const { batchSize = 16, onProgress, signal, hooks, firstPosition, topK = 10 } = options;
    checkPrompts("answers", model, prompts);
    assertWhole("answers", "batchSize", batchSize, { least: 1 });
    const found = [];
    for (const batch of promptBatches(prompts, batchSize)) {
        signal?.throwIfAborted();
        const logits = tidy(() => noGrad(() => targetLogits(model, batch, { hooks: hooks?.(batch), firstPosition })));
        const data = await logits.data();
        logits.dispose();
        const width = data.length / batch.prompts.length;
        for (const [row, { classIds }] of batch.prompts.entries())
            found.push(answerOf(data.subarray(row * width, (row + 1) * width), classIds, { topK }));
        onProgress?.(found.length, prompts.length);
    }
    return found;
}
/** Share of right predictions among the prompts with a known class; null where none is known. */
export function accuracyOf(prompts, given) {
    let [known, right] = [0, 0];
    for (const [i, { gold }] of prompts.entries()) {
        if (gold === undefined)
            continue;
        known++;
        if (given[i].prediction === gold)
            right++;
    }
    return known === 0 ? null : right / known;
}

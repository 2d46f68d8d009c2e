import { noGrad, tidy } from "@deepgrain/tensor-gpu";
import { checkPrompts, idsOf } from "../prompts/check-prompts";
import { promptBatches, targetRows } from "../run/prompt-batch";
/**
 * Logit lens: the label words' logits and ranks at one position, after the embeddings and after every block.
 *
 * @param options.position default: the prompt's target
 * @returns layers + 1 rows, the first of the embeddings
 * @throws {AnchorsError} as `answers`
 * @see nostalgebraist 2020, "interpreting GPT: the logit lens"
 */
export async function logitLens(model, prompt, { position = prompt.target } = {}) {
    checkPrompts("logitLens", model, [
        { ...prompt, target: position, labelPositions: prompt.classIds.map(() => []) },
    ]);
    const [batch] = promptBatches([{ ...prompt, target: position }], 1);
    const logits = tidy(() => noGrad(() => {
        const states = [];
        const residual = (x, { layer }) => {
            states[layer + 1] = targetRows(x, batch);
            return undefined;
        };
        const tokens = { ids: prompt.ids, batch: 1, length: prompt.ids.length };
        model.hiddenStates(tokens, { hooks: { residual } });
        return states.map((state) => model.head(model.finalNorm(state)));
    }));
    const rows = await Promise.all(logits.map((row) => row.data()));
    for (const row of logits)
        row.dispose();
    return rows.map((row) => lensLayer(row, prompt.classIds));
}
function lensLayer(logits, classIds) {
    const firsts = classIds.map((id) => idsOf(id)[0]);
    const rank = (id) => logits.reduce((above, x, i) => above + +(x > logits[id] || (x === logits[id] && i < id)), 1);
    let topToken = 0;
    for (let i = 1; i < logits.length; i++)
        if (logits[i] > logits[topToken])
            topToken = i;
    return {
        classLogits: Float64Array.from(classIds, (id) => {
            const ids = idsOf(id);
            return ids.reduce((sum, one) => sum + logits[one], 0) / ids.length;
        }),
        ranks: Int32Array.from(firsts, rank),
        topToken,
    };
}

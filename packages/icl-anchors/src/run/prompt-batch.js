import { tensor } from "@deepgrain/tensor-gpu";
import { idsOf } from "../prompts/check-prompts";
/** Consecutive batches of at most `size` prompts. */
export function* promptBatches(prompts, size) {
    for (let first = 0; first < prompts.length; first += size) {
        const part = prompts.slice(first, first + size);
        const length = part.reduce((most, { ids }) => Math.max(most, ids.length), 0);
        yield { prompts: part, first, length };
    }
}
/** Token ids of a batch, [batch × length]. */
function filledIds({ prompts, length }) {
    const ids = new Int32Array(prompts.length * length);
    for (const [row, prompt] of prompts.entries())
        ids.set(Array.from(prompt.ids), row * length);
    return ids;
}
/** Rows of [batch × length, ...] at each prompt's target. */
export function targetRows(x, { prompts, length }) {
    const rows = Int32Array.from(prompts, ({ target }, row) => row * length + target);
    const flat = x.reshape([prompts.length * length, -1]);
    return flat.indexSelect(0, tensor(rows));
}
/** The logits at each prompt's target: [batch, vocabulary]. The head runs on the targets alone. */
export function targetLogits(model, batch, { hooks, firstPosition } = {}) {
    const ids = filledIds(batch);
    const { length, prompts } = batch;
    const positions = firstPosition === undefined
        ? undefined
        : Int32Array.from(ids, (_, i) => firstPosition + (i % length));
    const hidden = model.hiddenStates({ ids, batch: prompts.length, length }, { ...(hooks && { hooks }), ...(positions && { positions }) });
    return model.head(targetRows(hidden, batch));
}
/** The logits of the classes: [batch, vocabulary] -> [batch, classes], averaged over the ids of a class. */
export function classLogits(logits, prompts) {
    const perClass = prompts.map(({ classIds }) => classIds.map(idsOf));
    const most = Math.max(...perClass.flat().map((ids) => ids.length));
    const shape = [prompts.length, perClass[0].length, most];
    const picks = [];
    const shares = [];
    for (const ids of perClass.flat())
        for (let i = 0; i < most; i++) {
            picks.push(ids[i] ?? ids[0]);
            shares.push(i < ids.length ? 1 / ids.length : 0);
        }
    const index = tensor(Int32Array.from(picks), { shape: [shape[0], shape[1] * most] });
    const found = logits.gather(1, index);
    if (most === 1)
        return found;
    return found.reshape(shape).mul(tensor(shares, { shape })).sum({ dim: -1 });
}

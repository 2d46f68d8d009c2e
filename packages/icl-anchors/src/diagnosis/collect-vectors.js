import { noGrad, tidy } from "@deepgrain/tensor-gpu";
import { assertLabels, checkPrompts } from "../prompts/check-prompts";
import { promptBatches, targetLogits } from "../run/prompt-batch";
import { assertWhole } from "../support/check";
/** Key heads repeated to as many as there are query heads: [batch, seq, heads, size]. */
const perQueryHead = (keys, heads) => keys.repeatInterleave(heads / keys.shape[2], 2);
/**
 * The queries of the targets and the keys of the label words, after rotation where the model rotates.
 *
 * @param options.layer block number from 0
 * @throws {AnchorsError} `ERR_RANGE` for the layer, `ERR_MISSING` for a class without demonstration, and as `answers`
 */
export async function collectVectors(model, prompts, { layer, batchSize = 16, onProgress, signal }) {
    checkPrompts("collectVectors", model, prompts);
    assertLabels("collectVectors", prompts);
    const { numHiddenLayers, numAttentionHeads: heads } = model.config;
    assertWhole("collectVectors", "layer", layer, { most: numHiddenLayers - 1 });
    const queries = [];
    const keys = [];
    for (const batch of promptBatches(prompts, batchSize)) {
        signal?.throwIfAborted();
        const found = tidy(() => noGrad(() => {
            const seen = {};
            const record = (part) => (x, site) => {
                if (site.layer === layer)
                    seen[part] = part === "key" ? perQueryHead(x, heads) : x;
                return undefined;
            };
            targetLogits(model, batch, { hooks: { query: record("query"), key: record("key") } });
            return [seen.query.contiguous(), seen.key.contiguous()];
        }));
        const [q, k] = await Promise.all(found.map((tensor) => tensor.data()));
        const width = q.length / (batch.prompts.length * batch.length);
        for (const tensor of found)
            tensor.dispose();
        const at = (data, row, position) => {
            const start = (row * batch.length + position) * width;
            return Float64Array.from(data.subarray(start, start + width));
        };
        for (const [row, { target, labelPositions }] of batch.prompts.entries()) {
            queries.push(at(q, row, target));
            keys.push(stacked(labelPositions.map((list) => meanRow(list.map((p) => at(k, row, p))))));
        }
        onProgress?.(queries.length, prompts.length);
    }
    return { queries: stacked(queries), keys };
}
function meanRow(rows) {
    const out = new Float64Array(rows[0].length);
    for (const row of rows)
        for (let i = 0; i < out.length; i++)
            out[i] += row[i] / rows.length;
    return out;
}
function stacked(rows) {
    const cols = rows[0].length;
    const data = new Float64Array(rows.length * cols);
    for (const [i, row] of rows.entries())
        data.set(row, i * cols);
    return { rows: rows.length, cols, data };
}

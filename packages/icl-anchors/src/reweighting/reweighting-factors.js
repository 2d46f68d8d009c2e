import { expm1, matmul, tensor } from "@deepgrain/tensor-gpu";
/** exp(β) − 1 of a head and word goes to the word's tokens; m tokens share it as exp(β/m) each: [words, keys]. */
function spread(groups, keys, size) {
    const places = new Float32Array(groups.length * keys);
    for (const [word, positions] of groups.entries())
        if (positions.length === size)
            for (const position of positions)
                places[word * keys + position] = 1;
    return tensor(places, { shape: [groups.length, keys] });
}
/**
 * The pattern with exp(β) times the target's attention to the label words, not normalised again. With β = 0 every factor
 * is exactly 1.
 *
 * @param pattern [1, heads, queries, keys]
 * @param beta of one layer, [heads, words]
 */
export function reweighted(pattern, beta, { groups, keys, row, queries }) {
    const heads = beta.shape[0];
    const sizes = [...new Set(groups.map((positions) => positions.length))];
    const gains = sizes
        .map((size) => matmul(expm1(beta.mul(1 / size)), spread(groups, keys, size)))
        .reduce((a, b) => a.add(b)); // [heads, keys]
    const isTarget = new Float32Array(queries);
    isTarget[row] = 1;
    const rows = tensor(isTarget, { shape: [1, 1, queries, 1] });
    return pattern.mul(gains.reshape([1, heads, 1, keys]).mul(rows).add(1));
}

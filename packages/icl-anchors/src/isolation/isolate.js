import { tensor } from "@deepgrain/tensor-gpu";
import { checkPrompts } from "../prompts/check-prompts";
import { accuracyOf, answers } from "../run/answers";
import { assertOneOf, assertWhole } from "../support/check";
import { labelLoyalty, wordLoyalty } from "./loyalty";
import { drawRows } from "./random-rows";
const blockedScore = -10_000;
/** True at (row, earlier column) of each row: bool [batch, 1, length, length]. */
function blockMask(rows, length) {
    const mask = new Int32Array(rows.length * length * length);
    for (const [prompt, list] of rows.entries())
        for (const row of list) {
            const start = (prompt * length + row) * length;
            mask.fill(1, start, start + row);
        }
    return tensor(mask, { dtype: "bool", shape: [rows.length, 1, length, length] });
}
/**
 * Hooks that cut rows of attention off from everything before them.
 *
 * @param rows per prompt of the batch the query positions, for a layer
 * @param options.length longest prompt of the batch, in tokens
 * @param options.layers true for the layers to change
 * @param options.mode default `"score"`
 */
export function isolationHooks(rows, { length, layers, mode = "score", }) {
    const fill = (value) => (x, { layer }) => layers(layer) ? x.maskedFill(blockMask(rows(layer), length), value) : undefined;
    return mode === "score" ? { scores: fill(blockedScore) } : { pattern: fill(0) };
}
/**
 * Cuts the label words off from the tokens before them in some layers, and tells how far the answers stay the same. In
 * shallow layers that stops labels from collecting information; in deep layers it should not matter.
 *
 * @throws {AnchorsError} `ERR_RANGE` for options out of range or more random tokens than there are, and as `answers`
 * @see Wang et al. 2023, section 2.2
 */
export async function isolate(model, prompts, options = {}) {
    const count = model.config.numHiddenLayers;
    const { where = "first", target = "labels", mode = "score", topK = 5 } = options;
    const { layers = Math.min(5, count), batchSize, onProgress, signal } = options;
    checkPrompts("isolate", model, prompts);
    assertWhole("isolate", "layers", layers, { least: 1, most: count });
    assertOneOf("isolate", "where", where, ["first", "last"]);
    assertOneOf("isolate", "target", target, ["labels", "random"]);
    assertOneOf("isolate", "mode", mode, ["score", "zero"]);
    const run = {
        topK,
        ...(batchSize !== undefined && { batchSize }),
        ...(signal && { signal }),
    };
    const rowsOf = rowChooser(prompts, options);
    const isChosen = (layer) => where === "first" ? layer < layers : layer >= count - layers;
    const hooks = (batch) => isolationHooks((layer) => batch.prompts.map((_, row) => rowsOf(batch.first + row, layer)), {
        length: batch.length,
        layers: isChosen,
        mode,
    });
    const original = options.original ?? (await answers(model, prompts, run));
    const modified = await answers(model, prompts, {
        ...run,
        hooks,
        ...(onProgress && { onProgress }),
    });
    return {
        labelLoyalty: labelLoyalty(original, modified),
        wordLoyalty: wordLoyalty(original, modified, { k: topK }),
        accuracy: accuracyOf(prompts, modified),
        originalAccuracy: accuracyOf(prompts, original),
        where,
        layers,
        target,
        mode,
        prompts: prompts.length,
    };
}
/** The rows to cut off, by prompt and layer. */
function rowChooser(prompts, { target = "labels", resample = "per-layer", seed = 0 }) {
    assertOneOf("isolate", "resample", resample, ["per-layer", "per-prompt", "fixed"]);
    assertWhole("isolate", "seed", seed);
    if (target === "labels")
        return (prompt) => prompts[prompt].labelPositions.flat();
    return (prompt, layer) => {
        const parts = { "per-layer": [prompt, layer], "per-prompt": [prompt], fixed: [] }[resample];
        return drawRows(prompts[prompt], [seed, ...parts]);
    };
}

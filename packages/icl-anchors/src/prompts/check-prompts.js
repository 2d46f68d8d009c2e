import { AnchorsError } from "../errors";
import { assertWhole } from "../support/check";
/** Ids of a class's label word. */
export const idsOf = (id) => typeof id === "number" ? [id] : id;
/**
 * Checks prompts once, before anything runs.
 *
 * @param place the function named in the message
 * @throws {AnchorsError} `ERR_MISSING` without prompts, `ERR_LENGTH` for a prompt longer than the context, `ERR_RANGE` for
 *   ids outside the vocabulary, positions outside the prompt or an unknown class, `ERR_SHAPE` where prompts differ in
 *   their number of classes
 */
export function checkPrompts(place, model, prompts) {
    if (prompts.length === 0)
        throw new AnchorsError("ERR_MISSING", `icl-anchors/${place}: there are no prompts`);
    for (const [index, prompt] of prompts.entries()) {
        checkPrompt(`${place}: prompt ${index}`, model, prompt);
        const [classes, wanted] = [prompt.classIds.length, prompts[0].classIds.length];
        if (classes !== wanted)
            throw new AnchorsError("ERR_SHAPE", `icl-anchors/${place}: prompt ${index} must have ${wanted} classes as the first, got ${classes}`, { fields: { index, classes, wanted } });
    }
}
function checkPrompt(place, { config }, prompt) {
    const { ids, target, classIds, labelPositions, gold, queryStart } = prompt;
    const { vocabSize, maxPositionEmbeddings: context } = config;
    if (ids.length > context)
        throw new AnchorsError("ERR_LENGTH", `icl-anchors/${place} has ${ids.length} tokens, the model's context ${context}; use fewer or shorter demonstrations`, { fields: { tokens: ids.length, context } });
    for (let i = 0; i < ids.length; i++)
        assertWhole(place, `id ${i}`, ids[i], { most: vocabSize - 1 });
    assertWhole(place, "target", target, { most: ids.length - 1 });
    assertWhole(place, "the number of classes", classIds.length, { least: 2 });
    for (const id of classIds) {
        assertWhole(place, "the number of ids of a class", idsOf(id).length, { least: 1 });
        for (const one of idsOf(id))
            assertWhole(place, "a class id", one, { most: vocabSize - 1 });
    }
    if (labelPositions.length !== classIds.length)
        throw new AnchorsError("ERR_SHAPE", `icl-anchors/${place} must have ${classIds.length} lists of label positions, one per class, got ${labelPositions.length}`);
    for (const position of labelPositions.flat())
        assertWhole(place, "a label position", position, { most: target - 1 });
    if (gold !== undefined)
        assertWhole(place, "gold", gold, { most: classIds.length - 1 });
    if (queryStart !== undefined)
        assertWhole(place, "queryStart", queryStart, { most: target });
}
/** @throws {AnchorsError} `ERR_MISSING` for a prompt without the field */
export function assertField(place, prompts, field) {
    const index = prompts.findIndex((prompt) => prompt[field] === undefined);
    if (index < 0)
        return;
    throw new AnchorsError("ERR_MISSING", `icl-anchors/${place}: prompt ${index} needs ${field}`, {
        fields: { index, field },
    });
}
/** @throws {AnchorsError} `ERR_MISSING` for a class without demonstration */
export function assertLabels(place, prompts) {
    for (const [index, { labelPositions }] of prompts.entries()) {
        const empty = labelPositions.findIndex((positions) => positions.length === 0);
        if (empty >= 0)
            throw new AnchorsError("ERR_MISSING", `icl-anchors/${place}: prompt ${index} has no demonstration of class ${empty}`, { fields: { index, class: empty } });
    }
}

import { AnchorsError, whole } from "../errors";
import type { HookedModel } from "../model";
import type { Prompt } from "./prompt";

/** Ids of a class's label word. */
export const idsOf = (id: number | readonly number[]): readonly number[] =>
  typeof id === "number" ? [id] : id;

/**
 * Checks prompts once, before anything runs.
 *
 * @param place the function named in the message
 * @throws {AnchorsError} `ERR_MISSING` without prompts, `ERR_LENGTH` for a prompt longer than the context, `ERR_RANGE` for
 *   ids outside the vocabulary, positions outside the prompt or an unknown class, `ERR_SHAPE` where prompts differ in
 *   their number of classes
 */
export function checkPrompts(place: string, model: HookedModel, prompts: readonly Prompt[]): void {
  if (prompts.length === 0)
    throw new AnchorsError("ERR_MISSING", `icl-anchors/${place}: there are no prompts`);
  for (const [index, prompt] of prompts.entries()) {
    checkPrompt(`${place}: prompt ${index}`, model, prompt);
    const [classes, wanted] = [prompt.classIds.length, prompts[0]!.classIds.length];
    if (classes !== wanted)
      throw new AnchorsError(
        "ERR_SHAPE",
        `icl-anchors/${place}: prompt ${index} must have ${wanted} classes as the first, got ${classes}`,
        { fields: { index, classes, wanted } },
      );
  }
}

function checkPrompt(place: string, { config }: HookedModel, prompt: Prompt): void {
  const { ids, target, classIds, labelPositions, gold, queryStart } = prompt;
  const { vocabSize, maxPositionEmbeddings: context } = config;
  if (ids.length > context)
    throw new AnchorsError(
      "ERR_LENGTH",
      `icl-anchors/${place} has ${ids.length} tokens, the model's context ${context}; use fewer or shorter demonstrations`,
      { fields: { tokens: ids.length, context } },
    );
  for (let i = 0; i < ids.length; i++)
    whole(place, `id ${i}`, ids[i]!, { min: 0, max: vocabSize - 1 });
  whole(place, "target", target, { min: 0, max: ids.length - 1 });
  whole(place, "the number of classes", classIds.length, { min: 2 });
  for (const id of classIds) {
    whole(place, "the number of ids of a class", idsOf(id).length, { min: 1 });
    for (const one of idsOf(id)) whole(place, "a class id", one, { min: 0, max: vocabSize - 1 });
  }
  if (labelPositions.length !== classIds.length)
    throw new AnchorsError(
      "ERR_SHAPE",
      `icl-anchors/${place} must have ${classIds.length} lists of label positions, one per class, got ${labelPositions.length}`,
    );
  for (const position of labelPositions.flat())
    whole(place, "a label position", position, { min: 0, max: target - 1 });
  if (gold !== undefined) whole(place, "gold", gold, { min: 0, max: classIds.length - 1 });
  if (queryStart !== undefined) whole(place, "queryStart", queryStart, { min: 0, max: target });
}

/** @throws {AnchorsError} `ERR_MISSING` for a prompt without the field */
export function assertField(place: string, prompts: readonly Prompt[], field: keyof Prompt): void {
  const index = prompts.findIndex((prompt) => prompt[field] === undefined);
  if (index < 0) return;
  throw new AnchorsError("ERR_MISSING", `icl-anchors/${place}: prompt ${index} needs ${field}`, {
    fields: { index, field },
  });
}

/** @throws {AnchorsError} `ERR_MISSING` for a class without demonstration */
export function assertLabels(place: string, prompts: readonly Prompt[]): void {
  for (const [index, { labelPositions }] of prompts.entries()) {
    const empty = labelPositions.findIndex((positions) => positions.length === 0);
    if (empty >= 0)
      throw new AnchorsError(
        "ERR_MISSING",
        `icl-anchors/${place}: prompt ${index} has no demonstration of class ${empty}`,
        { fields: { index, class: empty } },
      );
  }
}

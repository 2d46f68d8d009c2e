import { AnchorsError } from "../errors";
import type { Prompt } from "../prompts/prompt";

/**
 * The label words of a prompt in class order, each as the positions of its tokens, which share one parameter.
 *
 * @param prompt with `labelWords`, or else every label token is a word of its own
 */
export const labelGroups = (prompt: Prompt): readonly (readonly number[])[] =>
  prompt.labelWords ?? prompt.labelPositions.flat().map((position) => [position]);

/**
 * @returns the number of label words, which all prompts share
 * @throws {AnchorsError} `ERR_SHAPE` where prompts differ
 */
export function groupCount(place: string, prompts: readonly Prompt[]): number {
  const wanted = labelGroups(prompts[0]!).length;
  for (const [index, prompt] of prompts.entries()) {
    const count = labelGroups(prompt).length;
    if (count !== wanted)
      throw new AnchorsError(
        "ERR_SHAPE",
        `icl-anchors/${place}: prompt ${index} must have ${wanted} label words, got ${count}`,
        { fields: { index, count, wanted } },
      );
  }
  return wanted;
}

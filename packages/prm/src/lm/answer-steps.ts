import { listOf } from "../errors";

/** Steps of an answer: their texts, and the index of each one's last token. */
export interface AnswerSteps {
  readonly steps: readonly string[];
  readonly ends: readonly number[];
}

/** An answer's lines that are not blank; a token that contains a line break ends a step. */
export function answerSteps(
  ids: readonly number[],
  decode: (ids: readonly number[]) => string,
): AnswerSteps {
  listOf("answerSteps", "ids", ids);
  const [steps, ends]: [string[], number[]] = [[], []];
  let start = 0;
  for (const [i, id] of ids.entries()) {
    if (i < ids.length - 1 && !decode([id]).includes("\n")) continue;
    const step = decode(ids.slice(start, i + 1)).trim();
    if (step === "") continue;
    steps.push(step.replaceAll(/\s*\n\s*/g, " "));
    ends.push(i);
    start = i + 1;
  }
  // Tokens after the last step, such as the end token, belong to it.
  if (ends.length > 0) ends[ends.length - 1] = ids.length - 1;
  return { steps, ends };
}

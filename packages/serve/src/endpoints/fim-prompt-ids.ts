import { refuseField } from "../http/refusal";
import type { OpenModel, TextWithHole } from "../served-model";

/** A text with a hole, and the beginning of what fills it. */
export interface BegunHole extends TextWithHole {
  readonly begun?: string | undefined;
}

/**
 * The ids of a text with a hole, for a model that was trained to fill it.
 *
 * @param named the fields that errors name: of the model, and of the text
 * @throws {ServeError} `ERR_REQUEST`, status 400, where the tokenizer lacks the sentinels, or a part spells one
 */
export async function fimPromptIds(
  { fim, fimIds, tokenizer, prompts, contextLength, name }: OpenModel,
  { begun = "", ...parts }: BegunHole,
  named: { model: string; text: string },
  signal: AbortSignal,
): Promise<readonly number[]> {
  if (!fim || !fimIds)
    return refuseField(
      named.model,
      `The model ${JSON.stringify(name)} was not trained to fill in the middle.`,
    );
  const marks = fimIds.map((id) => tokenizer.idToToken(id)!);
  const paths = parts.files?.map(({ path }) => path) ?? [];
  const held = marks.find((mark) => [begun, ...paths].some((text) => text.includes(mark)));
  if (held !== undefined)
    refuseField(named.text, `The prompt cannot be written: a part holds the sentinel ${held}`);
  let text: string;
  try {
    text = fim(parts);
  } catch (error) {
    return refuseField(named.text, `The prompt cannot be written: ${(error as Error).message}`);
  }
  return prompts.text(text + begun, { maxTokens: contextLength, signal });
}

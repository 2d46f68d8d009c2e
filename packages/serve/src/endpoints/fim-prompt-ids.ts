import { refuseField } from "../http/refusal";
import type { OpenModel } from "../served-model";

/**
 * The ids of a text with a hole, for a model that was trained to fill it.
 * @throws {ServeError} `ERR_REQUEST`, status 400, where the tokenizer lacks the sentinels, or a part spells one
 */
export async function fimPromptIds(
  { fim, fimIds, prompts, contextLength, name }: OpenModel,
  parts: { prefix: string; suffix: string },
  signal: AbortSignal,
): Promise<readonly number[]> {
  if (!fim || !fimIds)
    return refuseField(
      "suffix",
      `The model ${JSON.stringify(name)} was not trained to fill in the middle.`,
    );
  let text: string;
  try {
    text = fim(parts);
  } catch (error) {
    return refuseField("prompt", `The prompt cannot be written: ${(error as Error).message}`);
  }
  return prompts.text(text, { maxTokens: contextLength, signal });
}

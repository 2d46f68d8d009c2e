import { refuseField } from "../http/refusal";
import type { OpenModel } from "../served-model";

/** The ids of a prompt that fills in the middle, and of the sentinels, at any of which the answer ends. */
export interface FimIds {
  readonly prompt: readonly number[];
  readonly stopIds: readonly number[];
}

/**
 * Encodes a text with a hole for a model that was trained to fill it.
 * @throws {ServeError} `ERR_REQUEST`, status 400, where the tokenizer lacks the sentinels, or a part spells one
 */
export function fimIds(
  { fim, tokenizer, name }: OpenModel,
  prefix: string,
  suffix: string,
): FimIds {
  const marks =
    fim && tokenizer.encode(fim({ prefix: "", suffix: "" }), { addSpecialTokens: false });
  // Begin, hole and end: a sentinel that the tokenizer lacks would be many tokens.
  if (!fim || marks?.length !== 3)
    return refuseField(
      "suffix",
      `The model ${JSON.stringify(name)} was not trained to fill in the middle.`,
    );
  let text: string;
  try {
    text = fim({ prefix, suffix });
  } catch (error) {
    return refuseField("prompt", `The prompt cannot be written: ${(error as Error).message}`);
  }
  return { prompt: tokenizer.encode(text), stopIds: marks };
}

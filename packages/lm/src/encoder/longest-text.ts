import { having } from "../errors";
import { CausalLM } from "../model/causal-lm";
import type { EncoderModel } from "./encoder-model";
import { longestRow } from "./longest-row";

/** Tokens of a text that a model can read, special ones included. */
export const mostTokens = (model: EncoderModel | CausalLM): number =>
  model instanceof CausalLM ? model.config.maxPositionEmbeddings : longestRow(model.config);

/**
 * Tokens of a text that `embedTexts` reads where no length is given, special ones included: as many as the model's files say,
 * else all that it takes.
 */
export function longestText(model: EncoderModel | CausalLM): number {
  having("longestText", "model", model, "config", "hiddenStates");
  const most = mostTokens(model);
  return Math.min(most, model.embedding?.maxLength ?? most);
}

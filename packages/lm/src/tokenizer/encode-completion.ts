import { having, listOf, textOf } from "../errors";
import type { Tokenizer } from "./create-tokenizer";
import { type EncodedChat, ignoreIndex } from "./encode-chat";

/**
 * Encodes a plain text and its completion as training data, for models without a chat template. Labels are −100 on the
 * prompt: only the completion and the end token (where the tokenizer has one) are trained on.
 *
 * @param promptIds the prompt as it will be given to the model, begin token included
 * @param completion is appended to the prompt unchanged: the caller adds any space between the two
 */
export function encodeCompletion(
  promptIds: readonly number[],
  completion: string,
  tokenizer: Pick<Tokenizer, "encode" | "eosTokenId">,
): EncodedChat {
  listOf("encodeCompletion", "promptIds", promptIds);
  textOf("encodeCompletion", "completion", completion);
  having("encodeCompletion", "tokenizer", tokenizer, "encode");
  const { eosTokenId } = tokenizer;
  const end = eosTokenId === undefined ? [] : [eosTokenId];
  const wanted = [...tokenizer.encode(completion, { addSpecialTokens: false }), ...end];
  return {
    inputIds: [...promptIds, ...wanted],
    labels: [...promptIds.map(() => ignoreIndex), ...wanted],
  };
}

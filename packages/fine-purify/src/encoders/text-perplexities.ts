import { encodeTexts, isEncoderFolder, loadEncoder, loadModel, loadTokenizer } from "@deepgrain/lm";
import type { Perplexities } from "../defences/onion";
import { PurifyError } from "../errors";
import { causalPerplexities, maskedPerplexities } from "./perplexities";

/**
 * Perplexities of texts under the language model of a folder: causal, or an encoder with a masked-LM head, which gives
 * pseudo-perplexities.
 *
 * @throws {PurifyError} `ERR_ARGUMENT` for an encoder whose tokenizer names no mask token, and for one with another head
 */
export async function textPerplexities(
  folder: string,
  signal?: AbortSignal | undefined,
): Promise<Perplexities> {
  const tokenizer = await loadTokenizer(folder);
  if (!(await isEncoderFolder(folder))) {
    const encode = (words: readonly string[]) =>
      tokenizer.encode(words.join(" "), { addSpecialTokens: false });
    const start = tokenizer.bosTokenId ?? tokenizer.eosTokenId;
    return causalPerplexities(await loadModel(folder, { signal }), encode, { start, signal });
  }
  const model = await loadEncoder(folder, { signal });
  const { maskTokenId: mask, clsTokenId, sepTokenId } = tokenizer;
  if (mask === undefined)
    throw new PurifyError("ERR_ARGUMENT", `the tokenizer of ${folder} must name a mask token`);
  const special = [clsTokenId, sepTokenId, model.config.padTokenId].filter(
    (id) => id !== undefined,
  );
  const batchOf = (texts: readonly (readonly string[])[]) =>
    encodeTexts(
      tokenizer,
      model.config,
      texts.map((words) => words.join(" ")),
    );
  return maskedPerplexities(model, batchOf, { mask, special, signal });
}

import { listOf, optionsOf, PurifyError, refuseUnknown } from "../errors";
import type { Classify } from "./strip";

/**
 * The drop in the probability of the protected class when the robustness-aware word is placed before each text.
 * Poisoned texts resist: a small drop indicates poisoning.
 *
 * @param options.rapWord the word whose embedding `tuneRapWord` has trained
 * @param options.protectedClass class that an attacker would aim at
 * @throws {PurifyError} `ERR_SHAPE` for another number of predictions
 * @see Yang et al. 2021 (RAP), section 4
 */
export async function rapDrops<W>(
  texts: readonly (readonly W[])[],
  classify: Classify<W>,
  options: { rapWord: W; protectedClass: number },
): Promise<number[]> {
  const { rapWord, protectedClass, ...rest } = optionsOf("rapDrops", options);
  refuseUnknown("rapDrops", rest);
  listOf("rapDrops", "texts", texts);
  const plain = await classify(texts);
  const marked = await classify(texts.map((words) => [rapWord, ...words]));
  if (plain.length !== texts.length || marked.length !== texts.length)
    throw new PurifyError(
      "ERR_SHAPE",
      `fine-purify/rapDrops: ${texts.length} predictions needed, got ${plain.length} and ${marked.length}`,
    );
  return texts.map((_, i) => plain[i]![protectedClass]! - marked[i]![protectedClass]!);
}

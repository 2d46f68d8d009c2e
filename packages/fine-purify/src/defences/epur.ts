import type { NamedTensor } from "@deepgrain/tensor-gpu";
import { optionsOf, PurifyError, refuseUnknown, whole } from "../errors";

/** Embedding rows that were reset. */
export interface PurifiedRows {
  readonly embeddings: NamedTensor;
  /** The rows that were reset to their pre-trained values, most suspicious first. */
  readonly rows: readonly number[];
}

/**
 * Embedding purification: resets the rows that moved most relative to the frequency of their words. The score of word i
 * is ‖e_i^FT − e_i^Init‖₂ / ln(max(f_i, 20)), f_i its count in a clean corpus.
 *
 * @param init embeddings [words, width]; @param finetuned likewise
 * @param counts occurrences of each word in a clean corpus, [words]
 * @param options.rows how many rows are reset. Default 200
 * @throws {PurifyError} `ERR_SHAPE`, `ERR_RANGE`
 * @see a reconstruction of Zhang et al. 2022 (arXiv 2210.09545)
 */
export function embeddingPurification(
  init: NamedTensor,
  finetuned: NamedTensor,
  counts: ArrayLike<number>,
  options: { rows?: number | undefined } = {},
): PurifiedRows {
  const { rows = 200, ...rest } = optionsOf("embeddingPurification", options);
  refuseUnknown("embeddingPurification", rest);
  const [words = 0, width = 0] = finetuned.shape;
  const isFitting = init.data.length === finetuned.data.length && counts.length === words;
  if (finetuned.shape.length !== 2 || !isFitting)
    throw new PurifyError(
      "ERR_SHAPE",
      `fine-purify/embeddingPurification: needs two tables [words, width] and a count per word, got [${init.shape}], [${finetuned.shape}] and ${counts.length} counts`,
    );
  whole("embeddingPurification", "rows", rows, { min: 0 });
  const scores = Float64Array.from({ length: words }, (_, word) => {
    let sum = 0;
    for (let i = word * width; i < (word + 1) * width; i++)
      sum += (finetuned.data[i]! - init.data[i]!) ** 2;
    return Math.sqrt(sum) / Math.log(Math.max(counts[word]!, 20));
  });
  const chosen = [...scores.keys()]
    .filter((word) => scores[word]! > 0)
    .sort((a, b) => scores[b]! - scores[a]! || a - b)
    .slice(0, rows);
  const data = finetuned.data.slice();
  for (const word of chosen)
    data.set(init.data.subarray(word * width, (word + 1) * width), word * width);
  return { embeddings: { shape: finetuned.shape, data }, rows: chosen };
}

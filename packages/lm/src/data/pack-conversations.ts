import { LmError } from "../errors";
import { type EncodedChat, ignoreIndex } from "../tokenizer/encode-chat";

/** A full training sequence; both lists have `sequenceLength` entries. */
export interface PackedBlock {
  inputIds: Int32Array;
  /** Token ids to predict, −100 where nothing is trained. */
  labels: Int32Array;
}

/** Options of {@link packConversations}. */
export interface PackConversationsOptions {
  /** Tokens in a block, at least 2. */
  sequenceLength: number;
  /** Fills the last block. */
  padTokenId: number;
  /** Probability that a conversation appended to a begun block loses its first token. Default 0.2. */
  randomConcatRatio?: number;
  /** Uniform in [0, 1); called once for each conversation that meets a begun block. */
  random: () => number;
}

function checkOptions({
  sequenceLength,
  padTokenId,
  randomConcatRatio = 0.2,
}: PackConversationsOptions) {
  const reject = (name: string, wanted: string, value: number) => {
    const message = `lm/packConversations: ${name} must be ${wanted}, got ${value}`;
    throw new LmError("ERR_RANGE", message, { fields: { [name]: value } });
  };
  if (!Number.isSafeInteger(sequenceLength) || sequenceLength < 2)
    reject("sequenceLength", "a whole number of at least 2", sequenceLength);
  if (!Number.isSafeInteger(padTokenId) || padTokenId < 0)
    reject("padTokenId", "a token id", padTokenId);
  if (!(randomConcatRatio >= 0 && randomConcatRatio <= 1))
    reject("randomConcatRatio", "from 0 to 1", randomConcatRatio);
}

/**
 * Packs encoded conversations, in the order given, into blocks of one length: each is appended to the open block;
 * one that does not fit keeps its last tokens, so that it fills the block exactly and none is split over two
 * blocks. With probability `randomConcatRatio` a conversation loses its first token (its BOS, unless it
 * was cut) when the block is begun already. The last block is padded, with labels −100. Nothing separates the
 * conversations of a block for attention.
 *
 * @param samples as {@link encodeChat} gives them, shuffled by the caller
 * @returns blocks of `sequenceLength` tokens; none that is padding only
 * @throws {LmError} `ERR_RANGE` when an option is outside its range, `ERR_SHAPE` when a sample's ids and labels
 *   differ in length
 * @see Wang et al. 2024 (ESFT), official repository, `utils.py`
 */
export function* packConversations(
  samples: Iterable<EncodedChat>,
  options: PackConversationsOptions,
): Generator<PackedBlock, void> {
  checkOptions(options);
  const { sequenceLength, padTokenId, randomConcatRatio = 0.2, random } = options;
  let inputIds = new Int32Array(sequenceLength).fill(padTokenId);
  let labels = new Int32Array(sequenceLength).fill(ignoreIndex);
  let length = 0;
  for (const sample of samples) {
    if (sample.inputIds.length !== sample.labels.length)
      throw new LmError(
        "ERR_SHAPE",
        `lm/packConversations: a sample has ${sample.inputIds.length} ids and ${sample.labels.length} labels`,
        { fields: { inputIds: sample.inputIds.length, labels: sample.labels.length } },
      );
    let start = Math.max(0, sample.inputIds.length - (sequenceLength - length));
    if (length > 0 && random() < randomConcatRatio) start++;
    inputIds.set(sample.inputIds.slice(start), length);
    labels.set(sample.labels.slice(start), length);
    length += Math.max(0, sample.inputIds.length - start);
    if (length < sequenceLength) continue;
    yield { inputIds, labels };
    inputIds = new Int32Array(sequenceLength).fill(padTokenId);
    labels = new Int32Array(sequenceLength).fill(ignoreIndex);
    length = 0;
  }
  if (length > 0) yield { inputIds, labels };
}

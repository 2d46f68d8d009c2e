import { optionsOf, refuseUnknown } from "../errors";
import { type EncodedChat, ignoreIndex } from "../tokenizer/encode-chat";
import { checkRow, checkSample, rejectOption } from "./check-packing";

/** A full training sequence; both lists have `sequenceLength` entries. */
export interface PackedBlock {
  inputIds: Int32Array;
  /** Token ids to predict, −100 where nothing is trained. */
  labels: Int32Array;
  /** Conversations of the block that lost tokens because they did not fit. Default: none. */
  cut?: number | undefined;
}

/** Options of `packConversations`. */
export interface PackConversationsOptions {
  /** Tokens in a block, at least 2. */
  sequenceLength: number;
  /** Fills the last block. */
  padTokenId: number;
  /** Probability that a conversation appended to a non-empty block loses its first token. Default 0.2. */
  randomConcatRatio?: number | undefined;
  /** Uniform in [0, 1); called once for each conversation that is appended to a non-empty block. */
  random: () => number;
}

/**
 * Packs encoded conversations, in the order given, into blocks of one length: each is appended to the open block;
 * one that does not fit keeps its last tokens, so that it fills the block exactly and none is split over two
 * blocks. With probability `randomConcatRatio` a conversation loses its first token (its BOS, unless it
 * was cut) when the block is not empty. The last block is padded, with labels −100. Nothing separates the
 * conversations of a block for attention. Where conversations are not much shorter than a block this cuts many of them:
 * {@link packWhole} cuts none.
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
  const {
    sequenceLength,
    padTokenId,
    randomConcatRatio = 0.2,
    random,
    ...rest
  } = optionsOf("packConversations", options);
  refuseUnknown("packConversations", rest);
  checkRow("packConversations", { sequenceLength, padTokenId });
  if (!(randomConcatRatio >= 0 && randomConcatRatio <= 1))
    rejectOption("packConversations", "randomConcatRatio", "from 0 to 1", randomConcatRatio);
  let inputIds = new Int32Array(sequenceLength).fill(padTokenId);
  let labels = new Int32Array(sequenceLength).fill(ignoreIndex);
  let [length, cut] = [0, 0];
  for (const sample of samples) {
    checkSample("packConversations", sample);
    let start = Math.max(0, sample.inputIds.length - (sequenceLength - length));
    if (start > 0) cut++;
    if (length > 0 && random() < randomConcatRatio) start++;
    inputIds.set(sample.inputIds.slice(start), length);
    labels.set(sample.labels.slice(start), length);
    length += Math.max(0, sample.inputIds.length - start);
    if (length < sequenceLength) continue;
    yield { inputIds, labels, cut };
    inputIds = new Int32Array(sequenceLength).fill(padTokenId);
    labels = new Int32Array(sequenceLength).fill(ignoreIndex);
    length = 0;
    cut = 0;
  }
  if (length > 0) yield { inputIds, labels, cut };
}

import {
  type EncodedChat,
  type LabelledBatch,
  packedBatch,
  packWhole,
  sequentialBatches,
} from "@deepgrain/lm";

/** How much of a half is read, and in which shape. */
interface HalfShape {
  /** Tokens of a sequence. */
  length: number;
  /** Sequences of a batch. */
  batch: number;
  /** Tokens to read; rows of packed conversations are not quite full. */
  tokens: number;
}

/** Conversations of even (0) or odd (1) number, whole, packed into batches. */
export function halfOfPairs(
  pairs: readonly EncodedChat[],
  parity: number,
  { length: sequenceLength, batch, tokens, padTokenId }: HalfShape & { padTokenId: number },
): LabelledBatch[] {
  const half = pairs.filter((_, i) => i % 2 === parity);
  const { rows } = packWhole(half, { sequenceLength, padTokenId });
  const taken = rows.slice(0, Math.ceil(tokens / sequenceLength));
  const batches: LabelledBatch[] = [];
  for (let at = 0; at < taken.length; at += batch)
    batches.push(packedBatch(taken.slice(at, at + batch)));
  return batches;
}

/** The beginning of the first (0) or second (1) half of a text, as batches. */
export function halfOfText(
  text: Int32Array,
  parity: number,
  { length: blockLength, batch: batchSize, tokens }: HalfShape,
): LabelledBatch[] {
  const start = (parity * text.length) >> 1;
  const blocks = Math.max(1, Math.floor(Math.min(tokens, text.length / 2) / blockLength));
  const own = text.subarray(start, start + blocks * blockLength);
  return sequentialBatches(own, { blockLength, batchSize });
}

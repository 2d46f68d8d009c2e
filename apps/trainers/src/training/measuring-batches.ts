import {
  type EncodedChat,
  ignoreIndex,
  type LabelledBatch,
  type PackedBlock,
  packConversations,
} from "@deepgrain/lm";

export interface MeasuringOptions {
  sequenceLength: number;
  batchSize: number;
  padTokenId: number;
  /** Whether the padding at the end of rows is masked, so that it does not reach experts either. It never has labels. */
  hidesPadding?: boolean;
}

/** 1 for tokens that count, 0 for the padding at the end. */
function maskOf({ inputIds, labels }: PackedBlock, padTokenId: number): number[] {
  let end = inputIds.length;
  while (end > 1 && inputIds[end - 1] === padTokenId && labels[end - 1] === ignoreIndex) end--;
  return Array.from(inputIds, (_, at) => (at < end ? 1 : 0));
}

/** Each conversation once, packed without dropping tokens, as batches to measure on. */
export function measuringBatches(
  samples: readonly EncodedChat[],
  { sequenceLength, batchSize, padTokenId, hidesPadding }: MeasuringOptions,
): LabelledBatch[] {
  const options = { sequenceLength, padTokenId, randomConcatRatio: 0, random: () => 1 };
  const blocks = [...packConversations(samples, options)];
  const batches: LabelledBatch[] = [];
  for (let at = 0; at < blocks.length; at += batchSize) {
    const rows = blocks.slice(at, at + batchSize);
    batches.push({
      ids: rows.flatMap(({ inputIds }) => Array.from(inputIds)),
      labels: rows.flatMap(({ labels }) => Array.from(labels)),
      ...(hidesPadding && { attentionMask: rows.flatMap((row) => maskOf(row, padTokenId)) }),
      batch: rows.length,
      length: sequenceLength,
    });
  }
  return batches;
}

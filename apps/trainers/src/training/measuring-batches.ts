import { type EncodedChat, type LabelledBatch, packConversations } from "@deepgrain/lm";

/** Each conversation once, packed without dropping tokens, as batches to measure on. */
export function measuringBatches(
  samples: readonly EncodedChat[],
  {
    sequenceLength,
    batchSize,
    padTokenId,
  }: { sequenceLength: number; batchSize: number; padTokenId: number },
): LabelledBatch[] {
  const options = { sequenceLength, padTokenId, randomConcatRatio: 0, random: () => 1 };
  const blocks = [...packConversations(samples, options)];
  const batches: LabelledBatch[] = [];
  for (let at = 0; at < blocks.length; at += batchSize) {
    const rows = blocks.slice(at, at + batchSize);
    batches.push({
      ids: rows.flatMap(({ inputIds }) => Array.from(inputIds)),
      labels: rows.flatMap(({ labels }) => Array.from(labels)),
      batch: rows.length,
      length: sequenceLength,
    });
  }
  return batches;
}

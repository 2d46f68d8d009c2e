import { type LabelledBatch, mixedBatches, packSequences } from "@deepgrain/lm";
import { FormatError } from "@deepgrain/studies/shared/read-json";
import type { CommandContext } from "../commands/context";
import { textShare } from "../flags/text-shares";
import { modelTokens, type TokenSource } from "./model-tokens";
import { readTexts } from "./pretraining-texts";

/** The documents of a text, and their share of the sequences that are trained on. */
export interface MixedDocuments {
  /** As `--mix` names them. */
  text: string;
  share: number;
  documents: string[];
}

/** Reads the texts of `--mix`. @throws {FormatError} as `readTexts` */
export async function readMixedTexts(
  mix: readonly string[] = [],
  context: Pick<CommandContext, "resolve" | "signal">,
): Promise<MixedDocuments[]> {
  const read: MixedDocuments[] = [];
  for (const typed of mix) {
    const { text, share } = textShare(typed);
    read.push({ text, share, documents: await readTexts([text], context) });
  }
  return read;
}

/** Sequences, one per position, and their share of all. */
interface Rows {
  share: number;
  batch(position: number): LabelledBatch;
}

/** The sequences of two texts in proportion to their shares. */
const joined = (one: Rows, other: Rows): Rows => {
  const share = one.share + other.share;
  return { share, ...mixedBatches(one, other, { batchSize: 1, share: other.share / share }) };
};

interface Packing {
  blockLength: number;
  batchSize: number;
  seed: number;
}

/**
 * The batches of a training on a stream of tokens, of which texts mixed in have their shares of the sequences, over the
 * batches so far to the nearest sequence.
 *
 * @returns the batches, and the tokens of the texts mixed in
 * @throws {FormatError} for a text that is shorter than a sequence; as `modelTokens`
 */
export async function trainingBatches(
  tokens: Int32Array,
  mixed: readonly MixedDocuments[],
  packing: Packing,
  source: TokenSource,
): Promise<{ training: Pick<Rows, "batch">; mixedTokens: number }> {
  if (mixed.length === 0) return { training: packSequences(tokens, packing), mixedTokens: 0 };
  const { blockLength, batchSize, seed } = packing;
  const packed = (ids: Int32Array) => packSequences(ids, { blockLength, seed });
  const rows: Rows[] = [];
  let mixedTokens = 0;
  for (const { text, share, documents } of mixed) {
    const ids = await modelTokens(documents, source);
    if (ids.length < blockLength)
      throw new FormatError(
        `--mix: ${text} has ${ids.length} tokens, fewer than a sequence of ${blockLength}; give more text or a shorter --sequence-length`,
      );
    mixedTokens += ids.length;
    rows.push({ share, batch: packed(ids).batch });
  }
  const general = rows.reduce(joined);
  const training = mixedBatches(packed(tokens), general, { batchSize, share: general.share });
  return { training, mixedTokens };
}

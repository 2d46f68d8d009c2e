import { LmError, listOf, oneOf, optionsOf, real, refuseUnknown, whole } from "../errors";
import { createRandom, permutation } from "../generation/random";
import { type EncodedChat, ignoreIndex } from "../tokenizer/encode-chat";
import { checkRow } from "./check-packing";
import {
  type PackConversationsOptions,
  type PackedBlock,
  packConversations,
} from "./pack-conversations";
import { type PackedBatch, packedBatch, packWhole } from "./pack-whole";

/** Packing statistics of one epoch's conversations. */
export interface PackingReport {
  /** Conversations given. */
  conversations: number;
  /** Sequences that they fill. */
  sequences: number;
  /** Those that lost tokens because they did not fit; 0 where conversations are packed whole. */
  cut: number;
  /** Those left out because they are longer than a sequence; 0 where they are cut. */
  tooLong: number;
  /** Conversations (packed whole) or blocks (official packing) left out because nothing in them is trained. */
  unlabelled: number;
}

/** Packed conversations as batches by position. */
export interface ConversationBatches {
  /** Batch number `position` of the run. */
  batch(position: number): PackedBatch;
  /** Packing statistics of the first epoch; in later ones, random packing may cut a few more or fewer conversations. */
  readonly packing: PackingReport;
}

/** Options of {@link conversationBatches}. */
export interface ConversationBatchesOptions {
  /** Tokens in a sequence, at least 2. */
  sequenceLength: number;
  /** Fills the rest of a sequence; these positions are never trained. */
  padTokenId: number;
  /** Sequences in a batch. Default 1. */
  batchSize?: number | undefined;
  /**
   * `whole`: {@link packWhole}, no conversation is cut or attends to another. `official`: as
   * ESFT's own code, for parity. Default `whole`.
   */
  packing?: "whole" | "official" | undefined;
  /** Probability that a conversation after the first of a block loses its first token; only for official packing. Default 0.2. */
  randomConcatRatio?: number | undefined;
  /** Determines order and packing. Default 0. */
  seed?: number | undefined;
}

interface Epoch {
  blocks: PackedBlock[];
  cut: number;
  unlabelled: number;
}

/** Whether something is predicted: the first token of a sequence never is. */
const isTrained = ({ labels }: { labels: ArrayLike<number> }): boolean => {
  for (let i = 1; i < labels.length; i++) if (labels[i] !== ignoreIndex) return true;
  return false;
};

function packOfficially(order: readonly EncodedChat[], options: PackConversationsOptions): Epoch {
  const all = [...packConversations(order, options)];
  const blocks = all.filter(isTrained);
  const cut = all.reduce((sum, block) => sum + (block.cut ?? 0), 0);
  return { blocks, cut, unlabelled: all.length - blocks.length };
}

function checkBatches(samples: readonly EncodedChat[]): void {
  listOf("conversationBatches", "samples", samples);
  if (!samples.some(({ inputIds }) => inputIds.length > 1))
    throw new LmError(
      "ERR_RANGE",
      "lm/conversationBatches: there are no samples of two tokens or more",
    );
}

/** The error when there is nothing to train on, with the reason. */
function noRows(samples: readonly EncodedChat[], sequenceLength: number): LmError {
  const shortest = samples
    .filter(isTrained)
    .reduce((least, { inputIds }) => Math.min(least, inputIds.length), Number.POSITIVE_INFINITY);
  const [code, why] = Number.isFinite(shortest)
    ? (["ERR_RANGE", `the shortest conversation has ${shortest} tokens`] as const)
    : (["ERR_RANGE", "no conversation has a label to train on"] as const);
  return new LmError(
    code,
    `lm/conversationBatches: nothing to train on in sequences of ${sequenceLength} tokens: ${why}`,
    { fields: { sequenceLength, shortest: Number.isFinite(shortest) ? shortest : undefined } },
  );
}

/**
 * Returns training batches of packed conversations, epoch after epoch without end. Order and packing of an epoch
 * follow from (seed, epoch), so a run resumes by continuing from its position. An epoch's number of
 * sequences may differ from the next one's, as packing is random: epochs before a position are packed again.
 * Conversations or blocks in which nothing is trained are left out and counted.
 *
 * @param samples at least one, as {@link encodeChat} gives them; kept, not copied
 * @throws {LmError} `ERR_RANGE` when there are no tokens, nothing fits or has labels, or an option or a position is outside
 *   its range; `ERR_SHAPE` when a sample's ids and labels differ in length
 */
export function conversationBatches(
  samples: readonly EncodedChat[],
  given: ConversationBatchesOptions,
): ConversationBatches {
  const {
    sequenceLength,
    padTokenId,
    batchSize = 1,
    packing = "whole",
    randomConcatRatio,
    seed = 0,
    ...rest
  } = optionsOf("conversationBatches", given);
  refuseUnknown("conversationBatches", rest);
  const row = { sequenceLength, padTokenId };
  checkRow("conversationBatches", row);
  whole("conversationBatches", "batchSize", batchSize, { min: 1 });
  whole("conversationBatches", "seed", seed, { min: 0 });
  oneOf("conversationBatches", "packing", packing, ["whole", "official"]);
  if (randomConcatRatio !== undefined)
    real("conversationBatches", "randomConcatRatio", randomConcatRatio, { min: 0, max: 1 });
  checkBatches(samples);
  const isWhole = packing === "whole";
  const kept = isWhole ? samples.filter(isTrained) : samples;
  let tooLong = 0;

  function pack(epoch: number): Epoch {
    const random = createRandom([seed, epoch]).next;
    const order = Array.from(permutation(kept.length, random), (i) => kept[i]!);
    if (!isWhole) return packOfficially(order, { ...row, randomConcatRatio, random });
    const whole = packWhole(order, row);
    tooLong = whole.tooLong;
    return { blocks: whole.rows, cut: 0, unlabelled: samples.length - kept.length };
  }

  let epoch = 0;
  let before = 0; // blocks of earlier epochs
  const first = pack(0);
  let { blocks } = first;
  if (blocks.length === 0) throw noRows(samples, sequenceLength);
  function block(position: number): PackedBlock {
    if (position < before) {
      epoch = 0;
      before = 0;
      blocks = first.blocks;
    }
    while (position >= before + blocks.length) {
      before += blocks.length;
      blocks = pack(++epoch).blocks;
    }
    return blocks[position - before]!;
  }

  return {
    packing: {
      conversations: samples.length,
      sequences: first.blocks.length,
      cut: first.cut,
      tooLong,
      unlabelled: first.unlabelled,
    },
    batch(position) {
      if (!Number.isSafeInteger(position) || position < 0)
        throw new LmError(
          "ERR_RANGE",
          `lm/conversationBatches: position must be at least 0, got ${position}`,
          { fields: { position } },
        );
      return packedBatch(
        Array.from({ length: batchSize }, (_, row) => block(position * batchSize + row)),
      );
    },
  };
}

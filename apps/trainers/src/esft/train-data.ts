import { readFile } from "node:fs/promises";
import type { CommandContext } from "@deepgrain/command-line/commands/context";
import { textDocuments } from "@deepgrain/command-line/files/text-documents";
import type { Values } from "@deepgrain/command-line/flags/flags";
import { requireWith } from "@deepgrain/command-line/flags/given-together";
import {
  measuredBatches,
  measuringNote,
  packingNote,
} from "@deepgrain/command-line/trainings/packing-note";
import { readTaskSamples } from "@deepgrain/esft";
import {
  conversationBatches,
  type EncodedChat,
  mixedBatches,
  type PackedBatch,
  packSequences,
  type Tokenizer,
} from "@deepgrain/lm";
import { shuffled } from "@deepgrain/studies/shared/tasks/shuffled";
import { tokenStream } from "@deepgrain/studies/shared/texts/token-stream";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import type { generalFlags } from "./flags";
import { paddingOf } from "./task-records";

type GeneralValues = Values<typeof generalFlags>;

/** General data, one sequence per position. */
export interface GeneralData {
  share: number;
  batch(position: number): PackedBatch | { ids: Int32Array; batch: number; length: number };
}

interface GeneralOptions extends Pick<CommandContext, "signal"> {
  tokenizer: Tokenizer;
  sequenceLength: number;
  seed: number;
}

/** Whether a file holds text: .txt, or lines with that key. */
async function holdsText(file: string): Promise<boolean> {
  if (!/\.jsonl?$/.test(file)) return true;
  const [line = ""] = (await readFile(file, "utf8")).trimStart().split("\n", 1);
  try {
    return "text" in JSON.parse(line);
  } catch {
    return false;
  }
}

/**
 * Reads general data; undefined without a file.
 * @throws {UsageError} for a share without data, or one that leaves nothing of the task; what reading throws
 */
export async function readGeneralData(
  { generalData: file, generalShare }: GeneralValues,
  { tokenizer, sequenceLength, seed, signal }: GeneralOptions,
): Promise<GeneralData | undefined> {
  if (file === undefined) {
    requireWith({ generalShare }, { generalData: file });
    return undefined;
  }
  const share = generalShare ?? 0.5;
  if (share >= 1) throw new UsageError(`--general-share must be below 1, got ${share}`);
  if (await holdsText(file)) {
    const tokens = await tokenStream(await textDocuments(file), tokenizer, { signal });
    return { share, ...blocksOf(tokens, { blockLength: sequenceLength, seed }) };
  }
  const { samples } = await readTaskSamples(file, tokenizer);
  const shape = { sequenceLength, padTokenId: paddingOf(tokenizer), batchSize: 1, seed };
  const { batch } = conversationBatches(samples, shape);
  return { share, batch };
}

function blocksOf(tokens: Int32Array, options: { blockLength: number; seed: number }) {
  if (tokens.length < options.blockLength)
    throw new UsageError(
      `--general-data has ${tokens.length} tokens, fewer than a sequence of ${options.blockLength}`,
    );
  const packed = packSequences(tokens, options);
  return { batch: (position: number) => packed.batch(position) };
}

/** The share of conversations held out, as the official trainer does. */
const HELD_OUT = 0.02;

interface TrainDataOptions extends Pick<CommandContext, "progress" | "signal"> {
  tokenizer: Tokenizer;
  batchSize: number;
  sequenceLength: number;
  seed: number;
  packing: "whole" | "official";
  randomConcatRatio: number;
}

/**
 * The data of a training: the samples except those held out, packed, with general data where they are given. What
 * packing cuts or leaves out is noted.
 * @throws {UsageError} as `readGeneralData` and `measuringBatches`; {LmError} as `conversationBatches`
 */
export async function readTrainData(
  all: readonly EncodedChat[],
  values: GeneralValues,
  { tokenizer, progress, signal, ...options }: TrainDataOptions,
) {
  const { batchSize, sequenceLength, seed, packing, randomConcatRatio } = options;
  const general = await readGeneralData(values, { tokenizer, sequenceLength, seed, signal });
  const samples = shuffled(all, seed);
  const held = Math.max(1, Math.round(HELD_OUT * samples.length));
  const heldOut = samples.length > 1 ? samples.splice(0, held) : samples;
  const shape = { sequenceLength, padTokenId: paddingOf(tokenizer) };
  const packed = conversationBatches(samples, {
    ...shape,
    batchSize: general ? 1 : batchSize,
    seed,
    packing,
    randomConcatRatio,
  });
  progress.note(packingNote(packed.packing, sequenceLength));
  const { batches, ...measured } = measuredBatches(heldOut, { ...shape, batchSize });
  const unmeasured = measuringNote(measured, sequenceLength);
  if (unmeasured) progress.note(`held out: ${unmeasured}`);
  const generalShare = general?.share ?? 0;
  return {
    training: general ? mixedBatches(packed, general, { batchSize, share: general.share }) : packed,
    heldOut: batches,
    /** For the command's result. */
    report: {
      packing: packed.packing,
      heldOut: measured,
      generalShare: general && generalShare,
    },
    /** Steps in which the samples are read once, of a number of batches each. */
    stepsPerEpoch: (gradientAccumulation: number) =>
      packed.packing.sequences / (batchSize * gradientAccumulation * (1 - generalShare)),
  };
}

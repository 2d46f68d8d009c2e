import { conversationBatches, type EncodedChat, type Tokenizer } from "@deepgrain/lm";
import { shuffled } from "@deepgrain/studies/shared/tasks/shuffled";
import { measuringBatches } from "@deepgrain/studies/shared/training/measuring-batches";
import type { CliContext } from "../cli/context";
import type { Values } from "../cli/flags";
import { mixedData } from "../run/mixed-data";
import { measuringNote, packingNote } from "../run/packing-note";
import { type generalFlags, readGeneralData } from "./general-data";
import { paddingId } from "./padding-id";

/** The share of conversations held out, as the official trainer does. */
const HELD_OUT = 0.02;

interface TrainDataOptions extends Pick<CliContext, "progress" | "signal"> {
  tokenizer: Tokenizer;
  batchSize: number;
  sequenceLength: number;
  seed: number;
  packing: "whole" | "official";
  randomConcatRatio: number;
}

/**
 * What a training reads: the samples but for those held out, packed, with general data where they are given. What packing
 * cuts or leaves out is noted.
 * @throws {UsageError} as `readGeneralData` and `measuringBatches`; {LmError} as `conversationBatches`
 */
export async function readTrainData(
  all: readonly EncodedChat[],
  values: Values<typeof generalFlags>,
  { tokenizer, progress, signal, ...options }: TrainDataOptions,
) {
  const { batchSize, sequenceLength, seed, packing, randomConcatRatio } = options;
  const general = await readGeneralData(values, { tokenizer, sequenceLength, seed, signal });
  const samples = shuffled(all, seed);
  const held = Math.max(1, Math.round(HELD_OUT * samples.length));
  const heldOut = samples.length > 1 ? samples.splice(0, held) : samples;
  const shape = { sequenceLength, padTokenId: paddingId(tokenizer) };
  const packed = conversationBatches(samples, {
    ...shape,
    batchSize: general ? 1 : batchSize,
    seed,
    packing,
    randomConcatRatio,
  });
  progress.note(packingNote(packed.packing, sequenceLength));
  const { batches, ...measured } = measuringBatches(heldOut, { ...shape, batchSize });
  const unmeasured = measuringNote(measured, sequenceLength);
  if (unmeasured) progress.note(`held out: ${unmeasured}`);
  const generalShare = general?.share ?? 0;
  return {
    training: general ? mixedData(packed, general, { batchSize, share: general.share }) : packed,
    heldOut: batches,
    /** For the command's result. */
    report: {
      packing: packed.packing,
      heldOut: measured,
      ...(general && { generalShare }),
    },
    /** Steps in which the samples are read once, of a number of batches each. */
    stepsPerEpoch: (accumulation: number) =>
      packed.packing.sequences / (batchSize * accumulation * (1 - generalShare)),
  };
}

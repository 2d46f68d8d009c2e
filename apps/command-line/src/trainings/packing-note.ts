import { LmError, measuringBatches, type PackingReport } from "@deepgrain/lm";
import { percent } from "@deepgrain/studies/shared/numbers";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { problemOf } from "@deepgrain/support";

const share = (part: number, whole: number) => percent(whole === 0 ? 0 : part / whole);

/** The packing statistics of a training's conversations, in a sentence. The share that was cut is always included. */
export function packingNote(
  { conversations, cut, tooLong, unlabelled }: PackingReport,
  sequenceLength: number,
): string {
  const parts = [
    `${conversations} conversations in sequences of ${sequenceLength} tokens`,
    `${share(cut, conversations)} cut`,
    ...(tooLong > 0 ? [`${tooLong} too long and left out (${share(tooLong, conversations)})`] : []),
    ...(unlabelled > 0 ? [`${unlabelled} without anything to train on left out`] : []),
  ];
  return parts.join(", ");
}

/** A sentence on the data that were not measured because they do not fit; undefined if everything was measured. */
export function measuringNote(
  { conversations, tooLong }: { conversations: number; tooLong: number },
  sequenceLength: number,
): string | undefined {
  if (tooLong === 0) return undefined;
  return `${tooLong} of ${conversations} conversations (${share(tooLong, conversations)}) are longer than ${sequenceLength} tokens and not measured`;
}

/** Conversations to measure on, as `measuringBatches` packs them. @throws {UsageError} when none fits */
export function measuredBatches(...call: Parameters<typeof measuringBatches>) {
  try {
    return measuringBatches(...call);
  } catch (error) {
    if (!LmError.isInstance(error) || error.code !== "ERR_RANGE") throw error;
    throw new UsageError(problemOf(error), { cause: error });
  }
}

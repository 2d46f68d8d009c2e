import { createRandom, type LabelledBatch } from "@deepgrain/lm";
import { englishText } from "../shared/texts/english-text";
import type { SweepSettings } from "./recipe";
import type { Corpus } from "./variants";

/** The text of a sweep as bytes. */
export interface SweepText extends Record<Corpus, Uint8Array> {
  /** Held out, without noise. */
  validation: Uint8Array;
}

/** Bytes of which a share is replaced by random ones, always the same. */
export function withNoise(bytes: Uint8Array, share: number): Uint8Array {
  const random = createRandom([2401, 2954]).next;
  return bytes.map((byte) => (random() < share ? Math.floor(256 * random()) : byte));
}

/** How much text is read, and the share of its bytes that noise replaces. */
export type TextSizes = Pick<SweepSettings, "characters" | "noise">;

/** Moby Dick and State of the Union addresses, with and without noise. */
export async function sweepText(
  { characters, noise }: Pick<SweepSettings, "characters" | "noise">,
  signal: AbortSignal,
): Promise<SweepText> {
  const { train, validation } = await englishText({ characters, signal });
  const bytes = (texts: readonly string[]) => new TextEncoder().encode(texts.join("\n"));
  const english = bytes(train);
  return { english, noisy: withNoise(english, noise), validation: bytes(validation) };
}

function windows(text: Uint8Array, length: number, starts: readonly number[]): LabelledBatch {
  const ids = new Int32Array(starts.length * length);
  for (const [row, start] of starts.entries())
    ids.set(text.subarray(start, start + length), row * length);
  return { ids, batch: starts.length, length };
}

/** The batch of a step: windows at random places, the same for all models of one seed, batch and text. */
export function trainingBatch(
  text: Uint8Array,
  { batch, length, seed, step }: { batch: number; length: number; seed: number; step: number },
): LabelledBatch {
  const random = createRandom([seed, step]).next;
  const places = text.length - length;
  return windows(
    text,
    length,
    Array.from({ length: batch }, () => Math.floor(random() * places)),
  );
}

/** Evenly spaced held-out windows, 64 per batch. */
export function validationBatches(
  text: Uint8Array,
  { sequenceLength: length, validationWindows: count }: SweepSettings,
): LabelledBatch[] {
  const starts = Array.from({ length: count }, (_, i) =>
    Math.floor((i * (text.length - length)) / count),
  );
  return Array.from({ length: Math.ceil(count / 64) }, (_, i) =>
    windows(text, length, starts.slice(64 * i, 64 * (i + 1))),
  );
}

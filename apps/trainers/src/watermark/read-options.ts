import type { Values } from "@deepgrain/command-line/flags/flags";
import { requireOne, requireWith } from "@deepgrain/command-line/flags/given-together";
import { type MarkedText, readTexts } from "@deepgrain/studies/balance-marking/text-file";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import {
  type DetectOptions,
  type KeyInput,
  type SpelledCodec,
  spelledCodec,
  type TextInput,
} from "@deepgrain/watermark";
import type { codecFlags, readFlags, textFlags } from "./flags";

export type ReadFlags = Values<typeof readFlags>;

/** The texts that the flags name. @throws {UsageError} unless exactly one of --in and --text is there */
export async function textsOf({ in: path, text }: Values<typeof textFlags>): Promise<MarkedText[]> {
  requireOne({ in: path, text });
  return path === undefined ? [{ text: text! }] : readTexts(path);
}

/**
 * The input that detection reads of a text: its ids if it has some, unless the flags ask for its characters.
 * @throws {UsageError} for characters without a tokenizer
 */
export function inputOf(
  { ids, text }: MarkedText,
  given: ReadFlags & { model?: string | undefined; tokenizer?: string | undefined },
): TextInput {
  const isText = given.normalize || given.retokenize;
  const input = isText ? (text ?? ids!) : (ids ?? text!);
  if (typeof input === "string" && given.model === undefined && given.tokenizer === undefined)
    throw new UsageError("a text needs --tokenizer or --model, which turn it into tokens");
  return input;
}

/** The options of detection. @throws {UsageError} for a stride without windows */
export function detectOptions(given: ReadFlags): DetectOptions {
  const { alpha, workLimit, promptLength, windows, stride } = given;
  requireWith({ stride }, { windows });
  const searched = windows && { sizes: windows, stride };
  return { alpha, workLimit, promptLength, windows: searched };
}

/** The codec that the flags ask for. @throws {WatermarkError} as `spelledCodec` */
export const codecOf = (
  { codec, checksum, tagBits, eccBytes }: Values<typeof codecFlags>,
  messageBits: number,
  key: KeyInput | undefined,
): SpelledCodec =>
  spelledCodec(messageBits, {
    codec,
    checksum: checksum && (Number(checksum) as 0 | 8 | 16),
    tagBits,
    eccBytes,
    key,
  });

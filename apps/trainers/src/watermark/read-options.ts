import { type MarkedText, readTexts } from "@deepgrain/studies/balance-marking/text-file";
import {
  type DetectOptions,
  type KeyInput,
  type SpelledCodec,
  spelledCodec,
  type TextInput,
} from "@deepgrain/watermark";
import { fields } from "@deepgrain/watermark/fields";
import type { Values } from "../cli/flags";
import * as flags from "../cli/flags";
import { flagsFrom } from "../cli/flags-from";
import { UsageError } from "../cli/usage-error";

/** Flags that say which texts. */
export const textFlags = {
  in: flags.file({ help: 'Output of embed or attack, {"input_ids": [[…]]}, or a plain text' }),
  text: flags.text({ help: "The text itself" }),
};

/** Flags of the commands that read a text. */
export const readFlags = {
  ...textFlags,
  retokenize: flags.flag({
    help: "Tokenise the text again even if the file has ids",
  }),
  normalize: flags.flag({
    help: "Tokenise the text again after undoing look-alike and invisible characters",
  }),
  ...flagsFrom(fields.detection),
};

export type ReadFlags = Values<typeof readFlags>;

/** The texts that the flags name. @throws {UsageError} unless exactly one of --in and --text is there */
export async function textsOf({ in: path, text }: Values<typeof textFlags>): Promise<MarkedText[]> {
  if ((path === undefined) === (text === undefined))
    throw new UsageError("give either --in or --text");
  return path === undefined ? [{ text: text! }] : readTexts(path);
}

/** The input that detection reads of a text: its ids if it has some, unless the flags ask for its characters. */
export function inputOf({ ids, text }: MarkedText, given: ReadFlags): TextInput {
  const isText = given.normalize || given.retokenize;
  return isText ? (text ?? ids!) : (ids ?? text!);
}

/** The options of detection. @throws {UsageError} for a stride without windows */
export function detectOptions(given: ReadFlags): DetectOptions {
  const { alpha, workLimit, promptLength, windows, stride } = given;
  if (stride !== undefined && windows === undefined)
    throw new UsageError("--stride goes with --windows");
  const searched = windows && { sizes: windows, stride };
  return { alpha, workLimit, promptLength, windows: searched };
}

/** Flags that say how a payload is written and laid out in the text. */
export const codecFlags = flagsFrom(fields.codec);

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

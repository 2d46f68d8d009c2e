import { type MarkedText, readTexts } from "@deepgrain/studies/balance-marking/text-file";
import type { DecodeOptions, DetectOptions, TextInput } from "@deepgrain/watermark";
import type { Values } from "../cli/flags";
import * as flags from "../cli/flags";
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
    help: "Read the characters through the tokenizer even where the file has ids",
  }),
  normalize: flags.flag({
    help: "Read the characters, with look-alike letters and invisible ones undone",
  }),
  alpha: flags.real({
    min: 1e-300,
    max: 1,
    help: "Largest p-value that counts as found; 0.001 by default",
  }),
  windows: flags.numbers({
    min: 1,
    whole: true,
    hint: "sizes",
    help: "Also try windows of these sizes in tokens, as 100,200, for pasted pieces",
  }),
  stride: flags.whole({
    min: 1,
    help: "Tokens between windows; a quarter of the size by default",
  }),
  workLimit: flags.whole({
    min: 1,
    hint: "steps",
    help: "Steps of some nanoseconds after which reading gives up; 800000000 by default",
  }),
  promptLength: flags.whole({ help: "Tokens at the start that are prompt; 0 by default" }),
};

export type ReadFlags = Values<typeof readFlags>;

/** The texts that the flags name. @throws {UsageError} unless exactly one of --in and --text is there */
export async function textsOf({ in: path, text }: Values<typeof textFlags>): Promise<MarkedText[]> {
  if ((path === undefined) === (text === undefined))
    throw new UsageError("give either --in or --text");
  return path === undefined ? [{ text: text! }] : readTexts(path);
}

/** What detection reads of a text: its ids where it has some, unless the flags ask for its characters. */
export function inputOf({ ids, text }: MarkedText, given: ReadFlags): TextInput {
  const isText = given.normalize || given.retokenize;
  return isText ? (text ?? ids!) : (ids ?? text!);
}

/** The options of detection. @throws {UsageError} for a stride without windows */
export function detectOptions(given: ReadFlags): DetectOptions {
  const { alpha, workLimit, promptLength, windows, stride } = given;
  if (stride !== undefined && windows === undefined)
    throw new UsageError("--stride goes with --windows");
  const options: DecodeOptions = {};
  if (alpha !== undefined) options.alpha = alpha;
  if (workLimit !== undefined) options.workLimit = workLimit;
  if (promptLength !== undefined) options.promptLength = promptLength;
  if (windows) options.windows = { sizes: windows, ...(stride !== undefined && { stride }) };
  return options;
}

import type { DecodeOptions, DetectOptions, TextInput } from "@deepgrain/watermark";
import type { CliContext } from "../../cli/context";
import { numberFlag } from "../../cli/number-flag";
import { UsageError } from "../../cli/usage-error";
import { type MarkedText, readTexts } from "./text-file";

/** Flags of the commands that read a text. */
export const readArgs = {
  in: {
    type: "string",
    valueHint: "file",
    description: 'Output of embed or attack, {"input_ids": [[…]]}, or a plain text',
  },
  text: { type: "string", valueHint: "text", description: "The text itself" },
  retokenize: {
    type: "boolean",
    description: "Read the characters through the tokenizer even where the file has ids",
  },
  normalize: {
    type: "boolean",
    description: "Read the characters, with look-alike letters and invisible ones undone",
  },
  alpha: { type: "string", description: "Largest p-value that counts as found. Default 0.001" },
  windows: {
    type: "string",
    valueHint: "sizes",
    description: "Also try windows of so many tokens, as 100,200, for pasted pieces",
  },
  stride: { type: "string", description: "Tokens between windows. Default a quarter of the size" },
  "work-limit": {
    type: "string",
    valueHint: "steps",
    description: "Steps of some nanoseconds after which reading gives up. Default 800000000",
  },
  "prompt-length": {
    type: "string",
    description: "Tokens at the start that are prompt. Default 0",
  },
} as const;

export interface ReadFlags {
  in?: string | undefined;
  text?: string | undefined;
  retokenize?: boolean | undefined;
  normalize?: boolean | undefined;
  alpha?: string | undefined;
  windows?: string | undefined;
  stride?: string | undefined;
  "work-limit"?: string | undefined;
  "prompt-length"?: string | undefined;
}

/** The whole numbers of a list such as "100,200". @throws {UsageError} when one is no number of at least 1 */
export function listFlag(flag: string, value: string): number[] {
  return value.split(",").map((part) => numberFlag(flag, part, { min: 1 })!);
}

/** The texts that the flags name. @throws {UsageError} unless exactly one of --in and --text is there */
export async function textsOf(
  flags: Pick<ReadFlags, "in" | "text">,
  { resolve }: CliContext,
): Promise<MarkedText[]> {
  if ((flags.in === undefined) === (flags.text === undefined))
    throw new UsageError("give either --in or --text");
  return flags.in === undefined ? [{ text: flags.text! }] : readTexts(resolve(flags.in));
}

/** What detection reads of a text: its ids where it has some, unless the flags ask for its characters. */
export function inputOf({ ids, text }: MarkedText, flags: ReadFlags): TextInput {
  const isText = flags.normalize || flags.retokenize;
  return isText ? (text ?? ids!) : (ids ?? text!);
}

/** The options of detection. @throws {UsageError} for numbers out of range */
export function detectOptions(flags: ReadFlags): DetectOptions {
  const alpha = numberFlag("alpha", flags.alpha, { min: 1e-300, max: 1, whole: false });
  const stride = numberFlag("stride", flags.stride, { min: 1 });
  const promptLength = numberFlag("prompt-length", flags["prompt-length"]);
  const workLimit = numberFlag("work-limit", flags["work-limit"], { min: 1 });
  if (stride !== undefined && flags.windows === undefined)
    throw new UsageError("--stride goes with --windows");
  const options: DecodeOptions = {};
  if (alpha !== undefined) options.alpha = alpha;
  if (workLimit !== undefined) options.workLimit = workLimit;
  if (promptLength !== undefined) options.promptLength = promptLength;
  if (flags.windows !== undefined)
    options.windows = {
      sizes: listFlag("windows", flags.windows),
      ...(stride !== undefined && { stride }),
    };
  return options;
}

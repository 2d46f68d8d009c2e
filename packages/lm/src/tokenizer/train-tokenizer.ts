import { takeTurn } from "@deepgrain/support";
import { LmError, optionsOf, refuseUnknown } from "../errors";
import { deepseekChatTemplate } from "./encode-chat";
import { tokenizerConfig } from "./save-tokenizer";
import type { TokenizerConfigJson, TokenizerJson } from "./tokenizer-json";
import { type TrainBpeEvent, trainBpeEvents } from "./train-bpe";

/** Qwen2's pattern: as GPT-2's, but each digit stands alone. */
const digitPattern =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

const roles = { bosToken: "<|begin|>", eosToken: "<|end|>", padToken: "<|pad|>" };

/**
 * Trains a byte-level BPE tokenizer for a chat model: with begin, end and padding tokens (ids 0, 1 and 2) and DeepSeek's
 * chat template. Prompts begin with the first of them and end open, so that only documents end with the second.
 *
 * @param options.vocabSize tokens in all, at least 259
 * @param options.splitsDigits reads numbers digit by digit, as Qwen2 does. Default false: GPT-2's pattern
 * @param options.onMerge called after each merge, to show progress
 * @returns what `saveTokenizer` writes
 * @throws {LmError} as `trainBpe`; the signal's reason on abort
 */
export async function trainTokenizer(
  texts: readonly string[],
  options: {
    vocabSize: number;
    splitsDigits?: boolean | undefined;
    onMerge?: ((event: Extract<TrainBpeEvent, { type: "merge-end" }>) => void) | undefined;
    signal?: AbortSignal | undefined;
  },
): Promise<{ tokenizer: TokenizerJson; config: TokenizerConfigJson }> {
  const {
    vocabSize,
    splitsDigits = false,
    onMerge,
    signal,
    ...rest
  } = optionsOf("trainTokenizer", options);
  refuseUnknown("trainTokenizer", rest);
  const events = trainBpeEvents(texts, {
    vocabSize,
    specialTokens: Object.values(roles),
    bosToken: roles.bosToken,
    pattern: splitsDigits ? digitPattern : undefined,
    signal,
  });
  for await (const event of events) {
    await takeTurn();
    if (event.type === "merge-end") onMerge?.(event);
    if (event.type !== "train-end") continue;
    const { tokenizer } = event;
    const chat = { ...roles, chatTemplate: deepseekChatTemplate };
    return { tokenizer, config: tokenizerConfig(tokenizer, chat) };
  }
  throw new LmError("ERR_STATE", "lm/trainTokenizer: training ended without a tokenizer");
}

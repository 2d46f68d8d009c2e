import {
  deepseekChatTemplate,
  type TokenizerJson,
  tokenizerConfig,
  trainBpeEvents,
} from "@deepgrain/lm";
import { takeTurn } from "@deepgrain/support";
import { specialTokens } from "./special-tokens";

/** Pre-tokens of Qwen2: as GPT-2's, but each digit stands alone, so that numbers are read digit by digit. */
export const digitPattern =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

export interface TrainTokenizerOptions {
  vocabSize: number;
  /** How texts are cut before merging. Default: GPT-2's pattern. */
  pattern?: string;
  /** Draws how far it is. */
  progress?: {
    task(name: string): { update(done: number, message: string): void; end(message: string): void };
  };
  signal: AbortSignal;
}

/** Trains a byte-level BPE tokenizer with begin, end and padding tokens and a chat template, for `saveTokenizer`. */
export async function trainTokenizer(
  texts: readonly string[],
  { vocabSize, pattern, progress, signal }: TrainTokenizerOptions,
): Promise<{ tokenizer: TokenizerJson; config: ReturnType<typeof tokenizerConfig> }> {
  const task = progress?.task("Tokenizer");
  const { bosToken } = specialTokens; // prompts go on, so that only documents end with the other one
  const roles = { ...specialTokens, chatTemplate: deepseekChatTemplate };
  const special = Object.values(specialTokens);
  const options = {
    vocabSize,
    specialTokens: special,
    bosToken,
    signal,
    ...(pattern !== undefined && { pattern }),
  };
  for await (const event of trainBpeEvents(texts, options)) {
    await takeTurn();
    if (event.type === "merge-end")
      task?.update(
        event.merges / event.totalMerges,
        `"${event.token}" occurs ${event.count} times`,
      );
    if (event.type !== "train-end") continue;
    const { tokenizer } = event;
    const characters = texts.reduce((n, text) => n + text.length, 0);
    const size = Object.keys(tokenizer.model.vocab).length;
    task?.end(`${size} tokens, learnt from ${(characters / 1e6).toFixed(1)} million characters`);
    return { tokenizer, config: tokenizerConfig(tokenizer, roles) };
  }
  throw new Error("the tokenizer's training ended early");
}

/** The three marks around the parts of a document, and the one that separates files where the family has it. */
export interface Sentinels {
  /** Before the prefix. */
  readonly begin: string;
  /** Where the middle is missing; before the suffix. */
  readonly hole: string;
  /** Before the middle. */
  readonly end: string;
  /** Before the path of a file, where several are given. */
  readonly file?: string | undefined;
}

/**
 * The sentinels of families of models, exactly as their tokenizers write them. DeepSeek's bars are U+FF5C and its low lines
 * U+2581, neither of them ASCII.
 *
 * @see the tokenizers of deepseek-coder, starcoder2, Qwen2.5-Coder and Code Llama
 */
export const sentinels = {
  deepseek: { begin: "<｜fim▁begin｜>", hole: "<｜fim▁hole｜>", end: "<｜fim▁end｜>" },
  starcoder: {
    begin: "<fim_prefix>",
    hole: "<fim_suffix>",
    end: "<fim_middle>",
    file: "<file_sep>",
  },
  qwen: {
    begin: "<|fim_prefix|>",
    hole: "<|fim_suffix|>",
    end: "<|fim_middle|>",
    file: "<|file_sep|>",
  },
  codellama: { begin: "<PRE>", hole: "<SUF>", end: "<MID>" },
} as const satisfies Record<string, Sentinels>;

/** A family of {@link sentinels}, by name, or sentinels of one's own. */
export type SentinelFamily = keyof typeof sentinels | Sentinels;

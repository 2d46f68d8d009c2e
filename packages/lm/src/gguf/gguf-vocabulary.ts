/** @file What llama.cpp calls the parts of a tokenizer in a GGUF file. */
import { gpt2Pattern } from "../tokenizer/count-pre-tokens";
import { preTokenPatterns, preTokenSequences } from "../tokenizer/published-patterns";

/** Kinds of tokens in `tokenizer.ggml.token_type`. */
export const TokenKind = {
  normal: 1,
  unknown: 2,
  control: 3,
  userDefined: 4,
  unused: 5,
  byte: 6,
} as const;

/** Patterns that split a text one after another, by the names of `tokenizer.ggml.pre`; of several, the first is written. */
export const preTokenizers: Readonly<Record<string, readonly string[]>> = {
  "gpt-2": [gpt2Pattern],
  olmo: [gpt2Pattern],
  "phi-2": [gpt2Pattern],
  "llama-bpe": [preTokenPatterns.llama3],
  "llama-v3": [preTokenPatterns.llama3],
  qwen2: [preTokenPatterns.qwen2],
  "deepseek-r1-qwen": [preTokenPatterns.qwen2],
  "deepseek-llm": preTokenSequences.deepseek,
  "deepseek-coder": preTokenSequences.deepseek,
  "deepseek-v3": preTokenSequences.deepseekV3,
};

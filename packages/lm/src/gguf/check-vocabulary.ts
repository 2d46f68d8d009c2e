import { LmError } from "../errors";

/** @throws {LmError} `ERR_SHAPE` unless the file has as many tokens as its embedding has rows */
export function checkVocabulary(tokens: number | undefined, rows: number | undefined): void {
  if (tokens === undefined || rows === undefined || tokens === rows) return;
  throw new LmError(
    "ERR_SHAPE",
    `lm/gguf: tokenizer.ggml.tokens must have ${rows} tokens, as many as token_embd.weight has rows, got ${tokens}`,
    { fields: { key: "tokenizer.ggml.tokens", expected: rows, got: tokens } },
  );
}

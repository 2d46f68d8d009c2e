/** Options of `GenerationBatch`. */
export interface BatchOptions {
  /** Maximum number of concurrent continuations; others wait. Default 16. */
  maxSequences?: number | undefined;
  /** Maximum number of tokens in the key/value cache, over all sequences. Default: limited by memory only. */
  cacheTokens?: number | undefined;
  /** Maximum number of prompt tokens per step; longer prompts are read in pieces. Default 2048. */
  promptTokensPerStep?: number | undefined;
  /** Tokens per page of the cache, a multiple of 4. Default 128. */
  pageTokens?: number | undefined;
  /**
   * Tokens of prompts and continuations that are kept for later requests which begin in the same way, in addition to
   * `cacheTokens`; whole pages only. The model's weights must not change meanwhile. Default 0: none.
   */
  prefixCache?: number | undefined;
}

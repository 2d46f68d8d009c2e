/** Tokens with a role in the job's tokenizers; they get the ids 0, 1 and 2. */
export const specialTokens = {
  bosToken: "<|begin|>",
  eosToken: "<|end|>",
  padToken: "<|pad|>",
} as const;

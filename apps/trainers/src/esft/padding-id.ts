import type { Tokenizer } from "@deepgrain/lm";

/** The id that fills blocks: padding where the tokenizer has it, else the end of text, whose label is left out anyway. */
export const paddingId = ({ padTokenId, eosTokenId }: Tokenizer): number =>
  padTokenId ?? eosTokenId ?? 0;

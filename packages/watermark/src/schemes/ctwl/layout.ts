import type { CtwlProfile } from "./profile";

/** The positions of a message's chunks in a text. */
export interface Layout {
  readonly chunks: number;
  /** First generated position that is marked. */
  readonly first: number;
  /** Tokens per chunk. */
  readonly chunkTokens: number;
  /** Bits of a chunk: `message_code_len`, possibly fewer in the last. */
  bitsOf(chunk: number): number;
  /** The chunk that generated position `n` carries, or −1. */
  chunkAt(n: number): number;
}

/** The layout of a profile's message: chunk = ⌊(n − first)/chunkTokens⌋, then as set by `after_last_chunk`. */
export function chunkLayout(profile: CtwlProfile): Layout {
  const { message_bits, message_code_len: width, after_last_chunk: after } = profile;
  const chunks = Math.ceil(message_bits / width);
  const first = Math.max(profile.lm_prefix_len, profile.hash_prefix_len);
  const chunkTokens = Math.max(1, Math.round(width * profile.encode_ratio));
  return {
    chunks,
    first,
    chunkTokens,
    bitsOf: (chunk) => Math.min(width, message_bits - chunk * width),
    chunkAt(n) {
      if (n < first) return -1;
      const chunk = Math.floor((n - first) / chunkTokens);
      if (chunk < chunks) return chunk;
      if (after === "stop") return -1;
      return after === "repeat" ? chunks - 1 : chunk % chunks;
    },
  };
}

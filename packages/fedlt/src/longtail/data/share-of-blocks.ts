import { listOf, optionsOf, refuseUnknown, whole } from "../../errors";

/**
 * Every `shares`-th block of a sequence of tokens, so that all shares have the same mix of text and none has a block of
 * another. What is left at the end is in no share.
 *
 * @param tokens all tokens
 * @param options.block tokens per block
 * @param options.share index of the share, from 0 to shares − 1
 * @param options.shares how many shares there are; the tokens themselves for 1
 */
export function shareOfBlocks(
  tokens: Int32Array,
  options: { block: number; share: number; shares: number },
): Int32Array {
  const { block, share, shares, ...rest } = optionsOf("shareOfBlocks", options);
  refuseUnknown("shareOfBlocks", rest);
  listOf("shareOfBlocks", "tokens", tokens);
  whole("shareOfBlocks", "block", block, { min: 1 });
  whole("shareOfBlocks", "shares", shares, { min: 1 });
  whole("shareOfBlocks", "share", share, { min: 0, max: shares - 1 });
  if (shares === 1) return tokens;
  const blocks = Math.floor(tokens.length / block / shares);
  const own = new Int32Array(blocks * block);
  for (let i = 0; i < blocks; i++) {
    const from = (i * shares + share) * block;
    own.set(tokens.subarray(from, from + block), i * block);
  }
  return own;
}
